-- breaks: SHP-01 GRT-01 GRT-02
DROP TABLE campaigns;
