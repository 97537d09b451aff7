-- breaks: GRT-09
CREATE VIEW fund_names WITH (security_invoker) AS SELECT name FROM funds;
GRANT SELECT ON fund_names TO PUBLIC;
