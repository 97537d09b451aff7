"""An audit in several processes, one that goes on after it was killed, and what neither leaves behind."""

import json
import signal
import subprocess
import sys
import time

import pytest

from audit.audit import audit
from audit.generate import generated
from audit.postgres import Database, connect
from audit.progress import Saved
from support.acquire import acquire
from support.subject import prepare
from tests_suite.conftest import ROOT
from tests_suite.filled_ledger import append, ledger_of, reference_server, run

EARLIER, WHOLE = 1500, [*generated(2000, 20, seed=4)]


@pytest.fixture(scope="module")
def server():
    with reference_server() as found:
        yield found


@pytest.fixture
def ledger(server, request):
    """A database with the first entries, and statements to come."""
    with ledger_of(server, request.node, WHOLE[:EARLIER]) as name:
        yield name


def test_several_processes_find_what_one_finds(server, ledger):
    with server.connect("postgres", ledger) as admin:
        admin.execute(
            "UPDATE ledger_entries SET amount = amount + 1 WHERE id IN (%s, %s)", (WHOLE[3].id, WHOLE[1400].id)
        )
        admin.execute("DELETE FROM ledger_entries WHERE id = %s", (WHOLE[700].id,))
    one, two, bound = (run(server, ledger, *words) for words in ((), ("--processes", "2"), ("--processes", "3")))
    assert [line for line in one[1] if line["event"] == "finding"] == [
        line for line in two[1] if line["event"] == "finding"
    ]
    assert {**one[1][-1], "seconds": 0} == {**two[1][-1], "seconds": 0} == {**bound[1][-1], "seconds": 0}
    assert one[0] == two[0] == 1


def test_a_ledger_in_partitions_is_read_whole():
    lease = acquire("auto")
    try:
        patch = ROOT / "variants" / "partitioned.sql"
        partitioned = prepare(lease.server, [ROOT / "candidates" / "reference"], [patch]).server
        with partitioned.connect("postgres", "amply") as admin:
            append(admin, WHOLE)
        for words in ((), ("--processes", "2")):
            code, lines, _ = run(partitioned, "amply", *words)
            assert (code, lines[-1]["entries"]) == (0, len(WHOLE))
    finally:
        lease.close()


class KilledError(Exception):
    """The audit ends here."""


class Dying(Saved):
    """Writes each time, and dies after some units."""

    def __init__(self, path, units):
        super().__init__(path, every=0)
        self._units = units

    def done(self, units, part):
        super().done(units, part)
        self._units -= 1
        if not self._units:
            raise KilledError


@pytest.mark.parametrize("units", [1, 3, 6])
def test_an_audit_goes_on_where_it_was_killed_though_entries_came_meanwhile(units, server, ledger, tmp_path):
    file, dsn = tmp_path / "progress", server.dsn("postgres", ledger)
    with server.connect("postgres", ledger) as admin:
        admin.execute("UPDATE ledger_entries SET amount = amount + 1 WHERE id = %s", (WHOLE[3].id,))
    with connect(dsn) as conn, pytest.raises(KilledError):
        audit(Database(conn), saved=Dying(file, units))
    left = len(json.loads(file.read_text())["left"])
    with server.connect("postgres", ledger) as admin:  # room in a page that was read already
        admin.execute("DELETE FROM ledger_entries WHERE id = %s", (WHOLE[EARLIER - 1].id,))
        admin.execute("VACUUM ledger_entries")
        append(admin, WHOLE[EARLIER - 1 :])
    read = []
    with connect(dsn) as conn:
        source = Database(conn)
        source.batches = lambda unit, inner=source.batches: read.append(unit) or inner(unit)
        result = audit(source, saved=Saved(file))
    assert len([unit for unit in read if unit[0] == "pages"]) == left > 0
    assert result.resumed
    found = {(one.kind, one.entry_id) for one in result.findings.kept if one.kind != "json_round_trip"}
    assert found == {("hash_mismatch", WHOLE[3].id)}


def test_what_came_meanwhile_into_pages_that_were_read_is_examined_where_it_shows(server, ledger, tmp_path):
    file, dsn = tmp_path / "progress", server.dsn("postgres", ledger)
    with server.connect("postgres", ledger) as admin:
        admin.execute("DELETE FROM ledger_entries WHERE organisation_id = 'org_000000'")  # room on every page
        admin.execute("VACUUM ledger_entries")
    with connect(dsn) as conn, pytest.raises(KilledError):
        audit(Database(conn), saved=Dying(file, 3))
    end = json.loads(file.read_text())["left"][0][1]
    with server.connect("postgres", ledger) as admin:
        append(admin, [entry for entry in WHOLE[EARLIER:] if entry.organisation_id != "org_000000"])
        admin.execute("UPDATE ledger_entries SET amount = amount + 1 WHERE id >= %s", (WHOLE[EARLIER].id,))
        query = "SELECT id FROM ledger_entries WHERE id >= %s AND ctid < format('(%%s,0)', %s::int)::tid"
        early = {id_ for (id_,) in admin.execute(query, (WHOLE[EARLIER].id, end)).fetchall()}
        late = {
            id_ for (id_,) in admin.execute("SELECT id FROM ledger_entries WHERE id >= %s", (WHOLE[EARLIER].id,))
        } - early
    with connect(dsn) as conn:
        result = audit(Database(conn), saved=Saved(file))
    found = {one.entry_id for one in result.findings.kept if one.kind == "hash_mismatch"}
    assert found >= late
    assert found & early
    assert {one.kind for one in result.findings.kept} <= {"hash_mismatch", "json_round_trip"}


def test_progress_of_another_ledger_is_refused(server, ledger, tmp_path):
    file = tmp_path / "progress"
    with connect(server.dsn("postgres", ledger)) as conn, pytest.raises(KilledError):
        audit(Database(conn), saved=Dying(file, 1))
    with server.connect("postgres", ledger) as admin:
        admin.execute("VACUUM FULL ledger_entries")
    code, lines, said = run(server, ledger, "--resume", str(file))
    assert (code, lines) == (12, [])
    assert "is of another ledger" in said


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_no_process_outlives_an_audit_that_is_ended(how, server, ledger):
    dsn = server.dsn("postgres", ledger)
    program = (
        "import audit.workers, audit.__main__, time\naudit.workers._ready = lambda pipes: time.sleep(60)\n"
        "if __name__ == '__main__': audit.__main__.main()"
    )
    started = subprocess.Popen(
        [sys.executable, "-c", program, dsn, "--processes", "2"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    query = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'amply-audit'"
    try:
        with server.connect("postgres", "postgres") as admin:
            wait_for(lambda: admin.execute(query).fetchone()[0] == 3)
            started.send_signal(how)
            started.wait(20)
            wait_for(lambda: admin.execute(query).fetchone()[0] == 0)
    finally:
        started.kill()
        started.communicate()


def wait_for(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
