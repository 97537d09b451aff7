"""Alembic projects with one defect each, and the guarantees that it breaks."""

from tests_suite.migration_projects import ALWAYS, NO_UPDATE, POLICY, alone, inserted, late, over_entries


def temporary(project):
    project.add("0005", "0004", "CREATE TEMPORARY TABLE scratch (id text)", down=["DROP TABLE IF EXISTS scratch"])
    project.add("0006", "0005", "INSERT INTO scratch VALUES ('x')")


def hole(there, back):
    """Open in one revision, closed in the next."""

    def change(project):
        project.insert(there, down=[back])
        project.insert(back, down=[there])

    return change


def two_heads(project):
    project.add("0007", "0001", "SELECT 1", down=["SELECT 1"])


def no_types(project):
    project.put("migrations/env.py", "compare_type=True", "compare_type=False")


def forgotten_in_the_models(project):
    project.put("amply/db/models.py", "class Campaign(", "class NoCampaign(")


def no_look_at_entries(project):
    project.put(
        "migrations/versions/0003_ledger.py", "IF EXISTS (SELECT FROM public.ledger_entries) THEN", "IF false THEN"
    )


def on_the_way(project):
    """What a later refusal takes back, if all is one transaction."""
    project.put("migrations/env.py", ", transaction_per_migration=True", "")
    project.insert("SELECT 1", down=over_entries("DELETE FROM ledger_entries WHERE id LIKE '%3'"))


FUNCTION = "CREATE FUNCTION public.euros(bigint) RETURNS numeric LANGUAGE sql RETURN $1 / 100.0"
NOTE = "ALTER TABLE projects ADD COLUMN note text"
TRIGGER = "ALTER TABLE ledger_entries {} TRIGGER ledger_no_delete"
VISIBILITY = "UPDATE (visibility) ON ledger_entries"
WIDE = "ALTER POLICY org_isolation ON ledger_entries USING (true)"
MUTANTS = {
    "a revision needs what an earlier one left in its session": ({"MIG-01"}, temporary),
    "a column is not in the models": (
        {"MIG-02"},
        inserted(NOTE, down=["ALTER TABLE projects DROP COLUMN note"]),
    ),
    "types are not compared": ({"MIG-03"}, no_types),
    "a migration commits by itself": (
        {"MIG-04"},
        inserted(*alone(FUNCTION), "SELECT 1", down=["DROP FUNCTION public.euros"]),
    ),
    "two heads": ({"MIG-05"}, two_heads),
    "entries are corrected": (
        {"MIG-06"},
        inserted(*over_entries("UPDATE ledger_entries SET visibility = 'internal' WHERE id LIKE '%3'")),
    ),
    "entries are removed": ({"MIG-06"}, inserted(*over_entries("DELETE FROM ledger_entries WHERE amount = 0"))),
    "entries are moved": (
        {"MIG-06"},
        inserted(*over_entries("UPDATE ledger_entries SET id = 'x' || id WHERE amount = 1")),
    ),
    "entries are written again": ({"MIG-06"}, inserted(*over_entries("UPDATE ledger_entries SET amount = amount"))),
    "the ledger is away for one revision": (
        {"MIG-06", "MIG-10"},  # on the way back as well
        hole("ALTER TABLE ledger_entries RENAME TO ledger_old", "ALTER TABLE ledger_old RENAME TO ledger_entries"),
    ),
    "amounts become another unit": (
        {"MIG-06", "MIG-11"},
        inserted("ALTER TABLE ledger_entries ALTER amount TYPE bigint USING amount # 1"),
    ),
    "a trigger is away for one revision": (
        {"MIG-07"},
        hole("DROP TRIGGER ledger_no_update ON ledger_entries", f"{NO_UPDATE}; {ALWAYS}"),
    ),
    "a privilege is there for one revision": (
        {"MIG-07"},
        hole(f"GRANT {VISIBILITY} TO amply_app", f"REVOKE {VISIBILITY} FROM amply_app"),
    ),
    "row security is off for one revision": (
        {"MIG-07"},
        hole("ALTER TABLE funds DISABLE ROW LEVEL SECURITY", "ALTER TABLE funds ENABLE ROW LEVEL SECURITY"),
    ),
    "the application may append before the triggers come": ({"MIG-07"}, late),
    "a trigger is off between two commits": (
        {"MIG-04", "MIG-08"},
        inserted(*alone(TRIGGER.format("DISABLE"), TRIGGER.format("ENABLE ALWAYS"))),
    ),
    "a policy is wide between two commits": (
        {"MIG-04", "MIG-08"},
        inserted(*alone(WIDE, "DROP POLICY org_isolation ON ledger_entries", POLICY)),
    ),
    "an empty downgrade": ({"MIG-09"}, inserted(FUNCTION.replace("euros", "units"), down=())),
    "a downgrade that takes more": (
        {"MIG-09"},
        inserted("SELECT 1", down=["ALTER DATABASE amply SET work_mem = '1MB'"]),
    ),
    "a downgrade over entries": ({"MIG-10"}, no_look_at_entries),
    "a downgrade on the way over entries": ({"MIG-10"}, on_the_way),
    "the ledger is clustered": ({"MIG-11"}, inserted("CLUSTER ledger_entries USING ledger_entries_pkey")),
    "the ledger is locked for long": (
        {"MIG-11"},
        inserted("LOCK TABLE ledger_entries IN SHARE MODE", "SELECT pg_sleep(1.4)"),
    ),
}
# In one project each: no two of a group break the same, or hide each other.
GROUPS = (
    ("a revision needs what an earlier one left in its session",),
    (
        "a column is not in the models", "types are not compared", "two heads", "entries are corrected",
        "a migration commits by itself", "an empty downgrade", "the ledger is clustered", "a downgrade over entries",
    ),
    (
        "entries are removed", "a trigger is off between two commits", "a downgrade that takes more",
        "the ledger is locked for long",
    ),
    ("entries are written again", "a policy is wide between two commits", "a downgrade on the way over entries"),
    ("the ledger is away for one revision",),
    ("entries are moved", "a trigger is away for one revision"),
    ("a privilege is there for one revision",),
    ("row security is off for one revision", "amounts become another unit"),
    ("the application may append before the triggers come",),
)  # fmt: skip
