-- breaks: CHN-09
ALTER FUNCTION validate_chain_on_insert() RESET ALL;
