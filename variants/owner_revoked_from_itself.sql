-- harmless: the owner takes the dangerous privileges from itself
REVOKE UPDATE, DELETE, TRUNCATE ON ledger_entries FROM amply_admin;
