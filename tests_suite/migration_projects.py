"""Alembic projects made from the worked example: with a defect (mutants), or written differently and honestly (variants)."""

import shutil

from tests_suite.conftest import ROOT

EXAMPLE = ROOT / "candidates" / "reference_alembic"
REVISION = '''"""{revision}"""

from alembic import op

revision = "{revision}"
down_revision = {after!r}


def upgrade() -> None:
    {up}


def downgrade() -> None:
    {down}
'''
NO_UPDATE = "CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger_entries FOR EACH ROW EXECUTE FUNCTION prevent_ledger_modification()"
ALWAYS = "ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_no_update"
SYNC = """
from alembic import context
from amply.db import models
from amply.db.base import Base
from sqlalchemy import engine_from_config

config = context.config


def run_migrations_online():
    connectable = engine_from_config(config.get_section(config.config_ini_section), prefix="sqlalchemy.")
    with connectable.connect() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
        with context.begin_transaction():
            context.run_migrations()


run_migrations_online()
"""


class Project:
    """A copy of the example, and how it is changed."""

    def __init__(self, folder):
        shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("__pycache__", ".amply*"))
        self.folder, self.ini = folder, folder / "alembic.ini"
        self.versions = folder / "migrations" / "versions"
        self._last = "0003"  # before the campaigns

    def add(self, revision, after, *up, down=(), folder=None):
        """A migration that executes these statements; one that is indented Python stands as it is."""
        text = REVISION.format(revision=revision, after=after, up=_body(up), down=_body(down))
        ((folder or self.versions) / f"{revision}.py").write_text(text)

    def insert(self, *up, down=("SELECT 1",)):
        """A migration after the one that creates the ledger, and after those that were inserted before."""
        before = self._last
        self._last = f"{before}b" if before == "0003" else f"0003{chr(ord(before[4]) + 1)}"
        self.add(self._last, before, *up, down=down)
        self.follow(self._last, before)

    def follow(self, revision, before):
        """What followed `before` follows `revision`."""
        self._last = revision
        self.put(
            "migrations/versions/0004_campaigns.py", f'down_revision = "{before}"', f'down_revision = "{revision}"'
        )

    def put(self, file, old, new):
        """Change a file of the project."""
        path = self.folder / file
        text = path.read_text()
        assert old in text, f"{file} has no {old!r}"
        path.write_text(text.replace(old, new))

    def synchronous(self):
        """The document's own env.py."""
        (self.folder / "migrations" / "env.py").write_text(SYNC)
        self.put("alembic.ini", "postgresql+asyncpg://", "postgresql+psycopg://")


def _body(statements):
    statements = [one for some in statements for one in ([some] if "    " in some else some.split("; "))]
    lines = [one if one.startswith(("with ", "raise ", "    ")) else f"op.execute({one!r})" for one in statements]
    return "\n    ".join(lines or ["pass"])


def alone(*statements):
    """Each in a transaction of its own."""
    return ["with op.get_context().autocommit_block():", *(f"    op.execute({one!r})" for one in statements)]


def over_entries(statement):
    """What the owner can do to entries, if it wants to."""
    return (
        "ALTER TABLE ledger_entries NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE ledger_entries DISABLE TRIGGER USER",
        statement,
        "ALTER TABLE ledger_entries ENABLE TRIGGER USER",
        *(
            f"ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_{n}"
            for n in ("no_update", "no_delete", "no_truncate", "validate_chain")
        ),
        "ALTER TABLE ledger_entries FORCE ROW LEVEL SECURITY",
    )


def temporary(project):
    project.add("0005", "0004", "CREATE TEMPORARY TABLE scratch (id text)", down=["DROP TABLE IF EXISTS scratch"])
    project.add("0006", "0005", "INSERT INTO scratch VALUES ('x')")


def hole(there, back):
    """Open in one revision, closed in the next."""

    def change(project):
        project.insert(there, down=[back])
        project.insert(back, down=[there])

    return change


def late(project):
    """The application may append before the triggers come."""
    project.put(
        "migrations/versions/0003_ledger.py", "for statement in (*FUNCTIONS, *TRIGGERS):", "for statement in FUNCTIONS:"
    )
    project.put(
        "migrations/versions/0003_ledger.py", '    for name in ("no_update"', '    for name in () and ("no_update"'
    )
    text = (project.versions / "0003_ledger.py").read_text()
    start = text.index("TRIGGERS = ("), text.index("def upgrade")
    names = ("no_update", "no_delete", "no_truncate", "validate_chain")
    (project.versions / "0003b.py").write_text(
        'from alembic import op\n\nrevision = "0003b"\ndown_revision = "0003"\n' + text[slice(*start)]
        + "def upgrade() -> None:\n    for statement in TRIGGERS:\n        op.execute(statement)\n"
        + f"    for name in {names}:\n        op.execute(f'ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_{{name}}')\n\n\n"
        + f"def downgrade() -> None:\n    for name in {names}:\n        op.execute(f'DROP TRIGGER ledger_{{name}} ON ledger_entries')\n"
    )  # fmt: skip
    project.follow("0003b", "0003")


def in_the_middle(*statements, down=("SELECT 1",)):
    return lambda project: project.insert(*statements, down=down)


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


FUNCTION = "CREATE FUNCTION public.euros(bigint) RETURNS numeric LANGUAGE sql RETURN $1 / 100.0"
MUTANTS = {
    "a revision needs what an earlier one left in its session": ({"MIG-01"}, temporary),
    "a column is not in the models": ({"MIG-02"}, in_the_middle("ALTER TABLE projects ADD COLUMN note text", down=["ALTER TABLE projects DROP COLUMN note"])),
    "types are not compared": ({"MIG-03"}, no_types),
    "a migration commits by itself": ({"MIG-04"}, in_the_middle(*alone(FUNCTION), "SELECT 1", down=["DROP FUNCTION public.euros"])),
    "two heads": ({"MIG-05"}, two_heads),
    "entries are corrected": ({"MIG-06"}, in_the_middle(*over_entries("UPDATE ledger_entries SET visibility = 'internal' WHERE id LIKE '%3'"))),
    "entries are removed": ({"MIG-06"}, in_the_middle(*over_entries("DELETE FROM ledger_entries WHERE amount = 0"))),
    "entries are moved": ({"MIG-06"}, in_the_middle(*over_entries("UPDATE ledger_entries SET id = 'x' || id WHERE amount = 1"))),
    "amounts become another unit": ({"MIG-06", "MIG-11"}, in_the_middle("ALTER TABLE ledger_entries ALTER amount TYPE bigint USING amount # 1")),
    "a trigger is away for one revision": ({"MIG-07"}, hole("DROP TRIGGER ledger_no_update ON ledger_entries", NO_UPDATE + "; " + ALWAYS)),
    "a privilege is there for one revision": ({"MIG-07"}, hole("GRANT UPDATE (visibility) ON ledger_entries TO amply_app", "REVOKE UPDATE (visibility) ON ledger_entries FROM amply_app")),
    "row security is off for one revision": ({"MIG-07"}, hole("ALTER TABLE funds DISABLE ROW LEVEL SECURITY", "ALTER TABLE funds ENABLE ROW LEVEL SECURITY")),
    "the application may append before the triggers come": ({"MIG-07"}, late),
    "a trigger is off between two commits": ({"MIG-04", "MIG-08"}, in_the_middle(*alone("ALTER TABLE ledger_entries DISABLE TRIGGER ledger_no_delete", "ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_no_delete"))),
    "an empty downgrade": ({"MIG-09"}, in_the_middle(FUNCTION, down=())),
    "a downgrade that takes more": ({"MIG-09"}, in_the_middle("SELECT 1", down=["ALTER DATABASE amply SET work_mem = '1MB'"])),
    "a downgrade over entries": ({"MIG-10"}, no_look_at_entries),
    "the ledger is clustered": ({"MIG-11"}, in_the_middle("CLUSTER ledger_entries USING ledger_entries_pkey")),
    "the ledger is locked for long": ({"MIG-11"}, in_the_middle("ALTER TABLE ledger_entries ENABLE ROW LEVEL SECURITY", "SELECT pg_sleep(1.3)")),
}  # fmt: skip
# In one project each: no two of a group break the same, or hide each other.
GROUPS = (
    ("a revision needs what an earlier one left in its session",),
    (
        "a column is not in the models", "types are not compared", "two heads", "entries are corrected",
        "a migration commits by itself", "an empty downgrade", "the ledger is clustered", "a downgrade over entries",
    ),
    ("entries are removed", "a trigger is off between two commits", "a downgrade that takes more", "the ledger is locked for long"),
    ("entries are moved", "a trigger is away for one revision"),
    ("a privilege is there for one revision",),
    ("row security is off for one revision", "amounts become another unit"),
    ("the application may append before the triggers come",),
)  # fmt: skip
