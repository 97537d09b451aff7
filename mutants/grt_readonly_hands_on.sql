-- breaks: GRT-08
GRANT SELECT ON funds TO amply_readonly WITH GRANT OPTION;
