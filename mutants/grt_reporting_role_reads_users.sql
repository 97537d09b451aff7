-- breaks: GRT-03
CREATE ROLE reporting LOGIN;
GRANT SELECT ON users TO reporting;
