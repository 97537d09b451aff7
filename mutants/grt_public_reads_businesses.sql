-- breaks: GRT-03
GRANT SELECT ON businesses TO PUBLIC;
