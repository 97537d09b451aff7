"""Alembic projects made from the worked example, and the ways in which they are changed."""

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
NO_UPDATE = (
    "CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger_entries "
    "FOR EACH ROW EXECUTE FUNCTION prevent_ledger_modification()"
)
ALWAYS = "ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_no_update"
POLICY = (
    "CREATE POLICY org_isolation ON ledger_entries FOR ALL "
    "USING (organisation_id = NULLIF(current_setting('app.current_org_id', true), ''))"
)
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
NAMES = ("ledger_no_update", "ledger_no_delete", "ledger_no_truncate", "ledger_validate_chain")
LATE = """
from alembic import op

revision = "0003b"
down_revision = "0003"

{triggers}
def upgrade() -> None:
    for statement in TRIGGERS:
        op.execute(statement)
    for name in {names}:
        op.execute(f"ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER {{name}}")


def downgrade() -> None:
    for name in {names}:
        op.execute(f"DROP TRIGGER {{name}} ON ledger_entries")
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
    statements = [
        one for some in statements for one in ([some] if "    " in some or "$$" in some else some.split("; "))
    ]
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
        *(f"ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER {name}" for name in NAMES),
        "ALTER TABLE ledger_entries FORCE ROW LEVEL SECURITY",
    )


def late(project):
    """The application may append before the triggers come."""
    ledger = "migrations/versions/0003_ledger.py"
    project.put(ledger, "for statement in (*FUNCTIONS, *TRIGGERS):", "for statement in FUNCTIONS:")
    project.put(ledger, '    for name in ("no_update"', '    for name in () and ("no_update"')
    text = (project.folder / ledger).read_text()
    triggers = text[text.index("TRIGGERS = (") : text.index("def upgrade")]
    (project.versions / "0003b.py").write_text(LATE.format(triggers=triggers, names=NAMES))
    project.follow("0003b", "0003")


def inserted(*statements, down=("SELECT 1",)):
    return lambda project: project.insert(*statements, down=down)
