-- breaks: TEN-01
CREATE POLICY public_ledger ON ledger_entries FOR SELECT TO amply_app USING (type = 'refund_issued');
