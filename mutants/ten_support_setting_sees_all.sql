-- breaks: TEN-01
CREATE POLICY support ON ledger_entries FOR SELECT TO amply_app USING (current_setting('app.support_mode', true) = 'on');
