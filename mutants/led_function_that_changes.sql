-- breaks: LED-01 TEN-14
CREATE FUNCTION anonymise(entry text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    ALTER TABLE public.ledger_entries DISABLE TRIGGER ledger_no_update;
    UPDATE public.ledger_entries e SET metadata = '{}' WHERE e.id = entry;
    ALTER TABLE public.ledger_entries ENABLE ALWAYS TRIGGER ledger_no_update;
END $$;
REVOKE EXECUTE ON FUNCTION anonymise(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION anonymise(text) TO amply_admin, amply_app;
