-- breaks: TEN-09
CREATE POLICY reports ON funds FOR SELECT TO amply_readonly USING (true);
CREATE POLICY reports ON transactions FOR SELECT TO amply_readonly USING (true);
