-- breaks: GRT-09
CREATE SEQUENCE receipts;
GRANT ALL ON SEQUENCE receipts TO amply_app, amply_readonly;
