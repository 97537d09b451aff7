-- breaks: TEN-14
CREATE FUNCTION entry_count() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'SELECT count(*) FROM public.ledger_entries';
REVOKE EXECUTE ON FUNCTION entry_count() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION entry_count() TO amply_readonly;
