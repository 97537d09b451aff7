-- breaks: TEN-05
CREATE POLICY clean_up ON transactions FOR DELETE USING (true);
CREATE POLICY corrections ON funds FOR UPDATE USING (true) WITH CHECK (true);
