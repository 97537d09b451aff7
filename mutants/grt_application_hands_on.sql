-- breaks: GRT-08
GRANT SELECT ON funds TO amply_app WITH GRANT OPTION;
