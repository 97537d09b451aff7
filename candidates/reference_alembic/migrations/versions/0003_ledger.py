"""The ledger, with everything that protects it: it never stands without"""

from alembic import op

revision = "0003"
down_revision = "0002"

TABLE = """
CREATE TABLE ledger_entries (
    id              VARCHAR(20) PRIMARY KEY,
    organisation_id VARCHAR(20) NOT NULL REFERENCES organisations (id),
    type            VARCHAR(50) NOT NULL,
    amount          BIGINT NOT NULL,
    currency        VARCHAR(3) NOT NULL,
    visibility      VARCHAR(30) NOT NULL,
    metadata        JSONB NOT NULL DEFAULT '{}',
    prev_entry_hash VARCHAR(71),
    entry_hash      VARCHAR(71) NOT NULL,
    created_at      TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT valid_hash CHECK (entry_hash ~ '^sha256:[a-f0-9]{64}$'),
    CONSTRAINT finite_time CHECK (isfinite(created_at)),
    CONSTRAINT one_successor UNIQUE NULLS NOT DISTINCT (organisation_id, prev_entry_hash),
    CONSTRAINT one_entry_per_hash UNIQUE (organisation_id, entry_hash),
    CONSTRAINT no_self_link CHECK (entry_hash <> prev_entry_hash)
)
"""
FUNCTIONS = (
    """
CREATE FUNCTION prevent_ledger_modification() RETURNS TRIGGER
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'Ledger entries cannot be modified or deleted';
END;
$$
    """,
    """
CREATE FUNCTION validate_chain_on_insert() RETURNS TRIGGER
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    head pg_catalog.text;
BEGIN
    IF NEW.prev_entry_hash IS NULL THEN
        IF EXISTS (SELECT FROM public.ledger_entries e WHERE e.organisation_id = NEW.organisation_id) THEN
            RAISE EXCEPTION 'prev_entry_hash mismatch. Only the first entry of organisation % has none', NEW.organisation_id;
        END IF;
        RETURN NEW;
    END IF;

    SELECT e.entry_hash INTO head
    FROM public.ledger_entries e
    WHERE e.organisation_id = NEW.organisation_id AND e.entry_hash = NEW.prev_entry_hash;

    IF head IS NULL THEN
        IF EXISTS (SELECT FROM public.ledger_entries e WHERE e.organisation_id = NEW.organisation_id) THEN
            RAISE EXCEPTION 'prev_entry_hash mismatch. Got: %, which is no entry of organisation %',
                NEW.prev_entry_hash, NEW.organisation_id;
        END IF;
        RAISE EXCEPTION 'First entry for organisation must have NULL prev_entry_hash';
    END IF;

    IF EXISTS (
        SELECT FROM public.ledger_entries e
        WHERE e.organisation_id = NEW.organisation_id AND e.prev_entry_hash = NEW.prev_entry_hash
    ) THEN
        RAISE EXCEPTION 'prev_entry_hash mismatch. Got: %, which another entry follows already', NEW.prev_entry_hash;
    END IF;

    RETURN NEW;
END;
$$
    """,
)
TRIGGERS = (
    "CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger_entries "
    "FOR EACH ROW EXECUTE FUNCTION prevent_ledger_modification()",
    "CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger_entries "
    "FOR EACH ROW EXECUTE FUNCTION prevent_ledger_modification()",
    "CREATE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON ledger_entries "
    "FOR EACH STATEMENT EXECUTE FUNCTION prevent_ledger_modification()",
    "CREATE TRIGGER ledger_validate_chain BEFORE INSERT ON ledger_entries "
    "FOR EACH ROW EXECUTE FUNCTION validate_chain_on_insert()",
)


def upgrade() -> None:
    op.execute(TABLE)
    for statement in (*FUNCTIONS, *TRIGGERS):
        op.execute(statement)
    for name in ("no_update", "no_delete", "no_truncate", "validate_chain"):
        op.execute(f"ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_{name}")
    op.execute("ALTER TABLE ledger_entries ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE ledger_entries FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY org_isolation ON ledger_entries FOR ALL "
        "USING (organisation_id = NULLIF(current_setting('app.current_org_id', true), ''))"
    )
    op.execute("GRANT SELECT, INSERT ON ledger_entries TO amply_app")
    op.execute("GRANT SELECT ON ledger_entries TO amply_readonly")


def downgrade() -> None:
    op.execute("""
        DO $$ BEGIN
            ALTER TABLE public.ledger_entries NO FORCE ROW LEVEL SECURITY;
            IF EXISTS (SELECT FROM public.ledger_entries) THEN
                RAISE EXCEPTION 'the ledger has entries: it is never taken away';
            END IF;
        END $$
    """)
    op.drop_table("ledger_entries")
    op.execute("DROP FUNCTION validate_chain_on_insert()")
    op.execute("DROP FUNCTION prevent_ledger_modification()")
