-- breaks: SHP-06 LED-04
ALTER TABLE ledger_entries DROP CONSTRAINT ledger_entries_organisation_id_fkey;
