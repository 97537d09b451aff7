-- breaks: TEN-14
CREATE PROCEDURE close_funds(organisation text) LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ UPDATE public.funds SET status = 'closed' WHERE organisation_id = organisation $$;
REVOKE EXECUTE ON PROCEDURE close_funds(text) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE close_funds(text) TO amply_app, amply_readonly;
