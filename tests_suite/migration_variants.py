"""Alembic projects that keep every guarantee and are written differently."""

from tests_suite.conftest import ROOT
from tests_suite.migration_projects import ALWAYS, NO_UPDATE, POLICY, alone, inserted, late

REFERENCE = ROOT / "candidates" / "reference"
ONE = """
from pathlib import Path

from alembic import op

revision = "1"
down_revision = None


def upgrade() -> None:
    for file in {files!r}:
        op.get_bind().exec_driver_sql(Path(file).read_text().replace('%', '%%'))


def downgrade() -> None:
    raise NotImplementedError("nothing was there before")
"""


def documented_environment(project):
    project.synchronous()


def one_transaction(project):
    project.put("migrations/env.py", ", transaction_per_migration=True", "")


def replaced(project):
    inserted(
        f"DROP TRIGGER ledger_no_update ON ledger_entries; {NO_UPDATE}; {ALWAYS}",
        f"DROP POLICY org_isolation ON ledger_entries; {POLICY}",
    )(project)


def grown(project):
    """A column and an index of the ledger, the models with them, and rows of other tables."""
    own = '    __tablename__ = "ledger_entries"\n'
    project.put("amply/db/models.py", own, own + "    channel: Mapped[str | None] = mapped_column(Text)\n")
    with (project.folder / "amply" / "db" / "models.py").open("a") as models:
        models.write('\n\nfrom sqlalchemy import Index\n\nIndex("ledger_by_time", LedgerEntry.created_at)\n')
    inserted(
        "ALTER TABLE ledger_entries ADD COLUMN channel text",
        "ALTER TABLE ledger_entries ADD CONSTRAINT short_channel CHECK (length(channel) < 50) NOT VALID",
        "ALTER TABLE ledger_entries VALIDATE CONSTRAINT short_channel",
        "UPDATE organisations SET name = name || ' e. V.'",
        down=["ALTER TABLE ledger_entries DROP COLUMN channel"],
    )(project)
    index = alone("CREATE INDEX CONCURRENTLY ledger_by_time ON ledger_entries (created_at)")
    project.add("0005", "0004", *index, down=["DROP INDEX ledger_by_time"])


def branched(project):
    """Two branches that are merged, in two folders, and a table of versions by another name."""
    more = project.folder / "more versions"
    more.mkdir()
    for revision, table, folder in (("0005a", "funds", None), ("0005b", "users", more)):
        there, back = f"ALTER TABLE {table} SET (fillfactor = 90)", f"ALTER TABLE {table} RESET (fillfactor)"
        project.add(revision, "0004", there, down=[back], folder=folder)
    project.add("0006", ("0005a", "0005b"), folder=more)
    places = "".join(f"\n    %(here)s/{place}" for place in ("migrations/versions", "more versions"))
    project.put("alembic.ini", "path_separator = os", f"path_separator = newline\nversion_locations ={places}")
    project.put("migrations/env.py", "compare_type=True", 'compare_type=True, version_table="schema_versions"')


def no_way_back(project):
    inserted("SELECT 1", down=["raise RuntimeError('not this one')"])(project)


def built_up(project):
    """The triggers come after the ledger, and the application after the triggers."""
    late(project)
    grant = '    op.execute("GRANT SELECT, INSERT ON ledger_entries TO amply_app")\n'
    project.put("migrations/versions/0003_ledger.py", grant, "")
    project.put("migrations/versions/0003b.py", "\n\n\ndef downgrade", "\n" + grant + "\n\ndef downgrade")


def one_revision(project):
    project.synchronous()
    for file in project.versions.glob("*.py"):
        file.unlink()
    (project.versions / "1.py").write_text(ONE.format(files=[str(file) for file in sorted(REFERENCE.glob("*.sql"))]))


def hardened_later(project):
    """A protection more is no protection less."""
    names = 'for name in ("no_update", "no_delete", "no_truncate", "validate_chain")'
    project.put("migrations/versions/0003_ledger.py", names, names.replace('"no_truncate", ', ""))
    inserted("ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_no_truncate")(project)


def own_schema(project):
    """Alembic's table in a schema that env.py makes, functions closed one by one, an enumeration that grows."""
    make = 'connection.exec_driver_sql("CREATE SCHEMA IF NOT EXISTS migrations")\n    connection.commit()\n    '
    make += "context.configure("
    project.put("migrations/env.py", "context.configure(", make)
    project.put("migrations/env.py", "compare_type=True", 'compare_type=True, version_table_schema="migrations"')
    inserted(
        "DO $$ DECLARE f regprocedure; BEGIN FOR f IN SELECT oid FROM pg_proc WHERE pronamespace <> 'pg_catalog'::regnamespace "
        "AND pronamespace <> 'information_schema'::regnamespace LOOP "
        "EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f); END LOOP; END $$",
        "CREATE TYPE mood AS ENUM ('well')",
        down=["DROP TYPE mood"],
    )(project)
    project.add("0005", "0004", *alone("ALTER TYPE mood ADD VALUE IF NOT EXISTS 'better'"), down=["SELECT 1"])


VARIANTS = {
    "the document's env.py": documented_environment,
    "one transaction for all migrations": one_transaction,
    "triggers and policies are replaced": replaced,
    "the ledger gets a column, a constraint and an index": grown,
    "branches in two folders": branched,
    "a downgrade says no": no_way_back,
    "a schema of its own for Alembic's table": own_schema,
    "the ledger is built up before anybody may append": built_up,
    "one revision for everything": one_revision,
    "hardening comes later": hardened_later,
}
GROUPS = (
    ("the document's env.py", "triggers and policies are replaced", "a downgrade says no", "hardening comes later"),
    ("one transaction for all migrations", "branches in two folders"),
    ("the ledger gets a column, a constraint and an index", "the ledger is built up before anybody may append"),
    ("one revision for everything",),
    ("a schema of its own for Alembic's table",),
)
