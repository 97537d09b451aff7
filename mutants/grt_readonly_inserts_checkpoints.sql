-- breaks: GRT-02
GRANT INSERT ON checkpoints TO amply_readonly;
