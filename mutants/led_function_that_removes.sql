-- breaks: LED-02 TEN-14 GRT-12
CREATE FUNCTION forget_entry(entry text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    ALTER TABLE public.ledger_entries DISABLE TRIGGER ledger_no_delete;
    DELETE FROM public.ledger_entries e WHERE e.id = entry;
    ALTER TABLE public.ledger_entries ENABLE ALWAYS TRIGGER ledger_no_delete;
END $$;
GRANT EXECUTE ON FUNCTION forget_entry(text) TO PUBLIC;
