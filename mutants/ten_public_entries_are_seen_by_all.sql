-- breaks: TEN-01 TEN-06 TEN-11 TEN-12
CREATE POLICY public_ledger ON ledger_entries FOR SELECT TO amply_app USING (type = 'refund_issued');
