"""For the tests of --server URL: a server of somebody else's, watched for every change to its databases and roles."""

import hashlib
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from support.acquire import acquire
from support.binaries import NoServerError
from support.external import take_over
from support.rds_like import DATABASE, ROLES

ROOT = Path(__file__).parents[1]
CLUSTER = (
    "SELECT datname, datdba, datacl, datconnlimit, datistemplate, datallowconn FROM pg_database ORDER BY 1",
    "SELECT * FROM pg_authid ORDER BY rolname",
    "SELECT roleid::regrole, member::regrole, grantor::regrole, admin_option FROM pg_auth_members ORDER BY 1, 2",
    "SELECT * FROM pg_parameter_acl ORDER BY 1",
    "SELECT * FROM pg_db_role_setting ORDER BY 1, 2",
    "SELECT * FROM pg_shdescription ORDER BY 1, 2",
    "SELECT name, setting, source FROM pg_settings WHERE source IN ('configuration file', 'command line') ORDER BY 1",
    "SELECT nspname, nspowner, nspacl FROM pg_namespace WHERE nspname !~ '^pg_' ORDER BY 1",
)


class External:
    """A server that is not the suite's: `admin` is its owner's connection to database postgres."""

    def __init__(self, server):
        self.server = server
        self.admin = server.connect("postgres", "postgres")
        self.url = self.url_of("postgres", server.passwords["postgres"])

    def url_of(self, user, password):
        return f"postgresql://{user}:{quote(password)}@/postgres?host={quote(self.server.host, safe='')}"

    def state(self):
        return [self.admin.execute(query).fetchall() for query in CLUSTER]

    def run(self, *statements):
        for statement in statements:
            self.admin.execute(statement)

    def names(self):
        rows = self.admin.execute("SELECT datname FROM pg_database UNION SELECT rolname FROM pg_roles").fetchall()
        return {name for (name,) in rows if not name.startswith("pg_")}


@pytest.fixture(scope="module")
def _external_server():
    lease = acquire("auto")
    external = External(lease.server)
    names = ", ".join(ROLES)
    external.run(f"DROP DATABASE {DATABASE}", f"DROP OWNED BY {names}", f"DROP ROLE {names}")
    yield external
    external.admin.close()
    lease.close()


@pytest.fixture
def external(_external_server):
    """The server; a test must leave it as it found it."""
    before = _external_server.state()
    yield _external_server
    assert _external_server.state() == before


@contextmanager
def standing(external, make, clear):
    """Something of somebody else's on the server; whatever happens inside must not change the cluster."""
    external.run(*make)
    before = external.state()
    try:
        yield
        assert external.state() == before
    finally:
        external.run(*clear)


def refusal(url, **options):
    with pytest.raises(NoServerError) as caught:
        take_over(url, **{"disposable": False, **options})
    text = str(caught.value)
    assert "\n" not in text
    return text


def in_a_process(*arguments, **variables):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AMPLY_", "PYTEST_"))}
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**environment, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def killed_while(external, code):
    """Runs `code` after `server, leave = take_over(URL)` in a process that then dies by SIGKILL."""
    script = f"""
import os, sys
from pathlib import Path
from support.external import take_over
server, leave = take_over(sys.argv[1], disposable=False)
{code}
os.kill(os.getpid(), 9)
"""
    process = in_a_process("-c", script, external.url)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, output


def content(external, name):
    """Every file of the database's tables and the rows as they lie there."""
    external.run("CHECKPOINT")
    with external.server.connect("postgres", name) as conn:
        rows = conn.execute("SELECT ctid, xmin, t.* FROM accounts t").fetchall()
        (file,) = conn.execute("SELECT pg_relation_filepath('accounts')").fetchone()
    return rows, hashlib.sha256((Path(external.server.host) / "data" / file).read_bytes()).hexdigest()
