-- breaks: CHN-11
DO $$ BEGIN EXECUTE regexp_replace(pg_get_functiondef('validate_chain_on_insert'::regproc),
    'RAISE EXCEPTION ''[^;]*;', 'RAISE EXCEPTION ''no'';', 'g'); END $$;
