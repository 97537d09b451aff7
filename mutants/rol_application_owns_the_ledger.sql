-- breaks: CHN-09 GRT-01 GRT-05 GRT-08 ROL-03 ROL-04
ALTER TABLE ledger_entries OWNER TO amply_app;
