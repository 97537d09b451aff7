-- breaks: GRT-12
CREATE FUNCTION today() RETURNS date LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT current_date';
