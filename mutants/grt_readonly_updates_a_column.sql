-- breaks: GRT-04
GRANT UPDATE (amount) ON transactions TO amply_readonly;
