-- breaks: SHP-02
ALTER TABLE ledger_entries ALTER COLUMN id TYPE text, ADD CHECK (length(id) <= 18),
    ALTER COLUMN type TYPE text, ADD CHECK (length(type) <= 30),
    ALTER COLUMN visibility TYPE text, ADD CHECK (length(visibility) <= 20);
