-- breaks: SHP-02
ALTER TABLE funds DROP CONSTRAINT funds_organisation_id_fkey;
ALTER TABLE ledger_entries ALTER COLUMN id TYPE varchar(40), ALTER COLUMN organisation_id TYPE varchar(40),
    ALTER COLUMN type TYPE varchar(100), ALTER COLUMN visibility TYPE varchar(60),
    ALTER COLUMN prev_entry_hash TYPE varchar(142), ALTER COLUMN entry_hash TYPE varchar(142);
