-- breaks: TEN-14
CREATE FUNCTION entries_of(organisation text) RETURNS SETOF text LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT e.entry_hash::text FROM public.ledger_entries e WHERE e.organisation_id = organisation $$;
REVOKE EXECUTE ON FUNCTION entries_of(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION entries_of(text) TO amply_app, amply_readonly;
