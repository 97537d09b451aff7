"""Whatever somebody changes in the live database by hand is named as drift, under the guarantee that it breaks."""

import psycopg
import pytest

from support import catalog_questions
from support.acquire import acquire
from support.catalog_questions import objects
from support.database import clone
from support.drift import Comparison
from support.rds_like import DATABASE
from support.server import LIMITS
from support.subject import SOWN, prepare
from tests_suite.conftest import ROOT
from tests_suite.drift_changes import BEFORE, CHANGES

THEMES = {"DRF-01": "TABLES", "DRF-02": "FUNCTIONS", "DRF-03": "POLICIES", "DRF-04": "ROLES"}


@pytest.fixture(scope="module")
def server():
    lease = acquire("auto")
    try:
        yield prepare(lease.server, [ROOT / "candidates" / "reference"], []).server
    finally:
        lease.close()


@pytest.fixture(scope="module")
def sessions(server):
    with server.connect("postgres", DATABASE) as arranging:
        arranging.execute(BEFORE)
    clone(server, DATABASE, "candidate")
    with server.connect("postgres", DATABASE) as live, server.connect("postgres", "candidate") as candidate:
        live.execute(
            """UPDATE pg_database SET datacl = (SELECT datacl FROM pg_database WHERE datname = 'amply')
               WHERE datname = 'candidate'"""
        )
        for conn in (live, candidate):
            conn.execute(LIMITS)
            conn.execute("SET search_path = pg_catalog")
        yield live, candidate


def drifts(live, candidate):
    questions = {id_: getattr(catalog_questions, theme) for id_, theme in THEMES.items()}
    comparison = Comparison(live, candidate, "postgres", "postgres")
    found = {id_: comparison.drift(asked) for id_, asked in questions.items()}
    return {id_: differences for id_, differences in found.items() if differences}


def test_a_database_that_is_the_candidate_does_not_drift(sessions):
    assert drifts(*sessions) == {}


@pytest.mark.parametrize(
    ("id_", "change"), [(id_, change) for id_, changes in CHANGES.items() for change in changes], ids=str
)
def test_a_change_by_hand_is_named_under_the_guarantee_that_it_breaks(id_, change, sessions):
    live, candidate = sessions
    with live.transaction(force_rollback=True):
        live.execute("SET LOCAL search_path = public, pg_catalog")
        live.execute("SET LOCAL allow_system_table_mods = on")
        live.execute(change.encode())
        live.execute("SET LOCAL search_path = pg_catalog")
        found = drifts(live, candidate)
    assert found.keys() == {id_}, found
    assert all(len(differences) <= 3 for differences in found.values()) or "TRIGGER ALL" in change, found


@pytest.mark.parametrize("role", ["auditor", '"of"', '"public.funds"'])
def test_a_role_more_hides_nothing(role, sessions):
    live, candidate = sessions
    with live.transaction(force_rollback=True):
        live.execute(f"CREATE ROLE {role}")
        live.execute(f"CREATE POLICY {role} ON public.funds TO {role} USING (true)")
        live.execute("ALTER TABLE public.ledger_entries DISABLE TRIGGER USER")
        assert drifts(live, candidate).keys() == {"DRF-02", "DRF-03", "DRF-04"}


def test_what_is_shown_is_inert_and_holds_no_password(sessions):
    live, candidate = sessions
    with live.transaction(force_rollback=True):
        live.execute("""CREATE TABLE public."a\n  mend  rm -rf /\x1b[31m" ()""")
        live.execute(
            "CREATE FUNCTION public.f() RETURNS text LANGUAGE sql AS $$ SELECT 'postgresql://amply_admin:Hunter2@x/amply' $$"
        )
        live.execute("CREATE FUNCTION public.g() RETURNS text LANGUAGE sql AS $$ SELECT 'x password=Hunter3' $$")
        text = "\n".join(line for lines in drifts(live, candidate).values() for line in lines)
    assert "Hunter" not in text
    assert "\x1b" not in text
    assert "\n  mend" not in text


def test_a_role_that_looks_is_no_drift_however_it_is_called(sessions):
    live, candidate = sessions
    with live.transaction(force_rollback=True):
        live.execute('CREATE ROLE "amply-monitor" LOGIN; GRANT pg_monitor TO "amply-monitor"')
        live.execute('GRANT CONNECT ON DATABASE amply TO "amply-monitor"')
        found = [Comparison(live, candidate, "amply-monitor", "postgres").drift(catalog_questions.ROLES)]
    assert found == [[]]


def test_what_is_there_as_a_whole_is_asked_once_for_all_themes(sessions, monkeypatch):
    asked = []
    monkeypatch.setattr("support.drift.objects", lambda conn, *rest: asked.append(rest) or objects(conn, *rest))
    comparison = Comparison(*sessions, "postgres", "postgres")
    for theme in THEMES.values():
        assert comparison.drift(getattr(catalog_questions, theme)) == []
    assert len(asked) == 2 * (1 + len(THEMES))


def test_drift_is_named_in_both_directions(sessions):
    live, candidate = sessions
    with live.transaction(force_rollback=True):
        live.execute("CREATE FUNCTION public.more() RETURNS int LANGUAGE sql AS 'SELECT 1'")
        live.execute("DROP TRIGGER ledger_no_update ON public.ledger_entries")
        live.execute("ALTER TABLE public.ledger_entries DISABLE TRIGGER ledger_no_delete")
        text = "\n".join(Comparison(live, candidate, "postgres", "postgres").drift(catalog_questions.FUNCTIONS))
    assert "only the live database has: function public.more()" in text
    assert "only the candidate has: trigger ledger_no_update of public.ledger_entries" in text
    assert "trigger ledger_no_delete of public.ledger_entries differs" in text
    assert "(DISABLED)" in text


def test_a_login_without_a_single_privilege_sees_the_same(sessions, server):
    live, _ = sessions
    live.execute("CREATE ROLE auditor LOGIN PASSWORD 'seen by nobody'")
    clone(server, SOWN, "copied")  # which everybody may enter
    login = {"host": server.host, "port": server.port, "user": "auditor", "password": "seen by nobody"}
    with psycopg.connect(dbname="copied", **login) as conn, server.connect("postgres", "copied") as admin:
        for one in (conn, admin):
            one.execute("SET search_path = pg_catalog")
        comparison = Comparison(conn, admin, "auditor", "postgres")
        for theme in THEMES.values():
            assert comparison.drift(getattr(catalog_questions, theme)) == []
    live.execute("DROP DATABASE copied")
    live.execute("DROP ROLE auditor")
