-- breaks: TEN-13
CREATE MATERIALIZED VIEW totals AS SELECT currency, count(*) AS entries FROM ledger_entries GROUP BY currency;
GRANT SELECT ON totals TO amply_readonly;
