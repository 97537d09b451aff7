"""CHN: wrong links under settings, isolation levels and replication roles that a session can choose."""

import pytest

from spec import OWNER, TENANCY
from support.append_many import not_refused, refuse_each
from support.chains import UNKNOWN, wrong_links
from support.ledger import LOCK, append
from support.refusals import refused, undone
from support.resistance import unchanged

CIRCUMSTANCES = {
    "at SERIALIZABLE": ["SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"],
    "at REPEATABLE READ": ["SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"],
    "at READ UNCOMMITTED": ["SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED"],
    "after SET ROLE": [f"SELECT set_config('{TENANCY.setting}', 'org_acme', true)", f"SET LOCAL ROLE {OWNER}"],
    "under the lock that the application takes": [LOCK.format("org_acme")],
    "with constraints deferred": ["SET CONSTRAINTS ALL DEFERRED"],
}


@pytest.mark.guarantee("CHN-02")
@pytest.mark.parametrize("circumstance", CIRCUMSTANCES)
def test_a_wrong_link_is_refused(circumstance, ledger, acme, globex, contents):
    conn = ledger.session("superuser")
    for name in ("no link", "the entry before the head", "a hash that no entry has"):
        what, link = f"{circumstance}, an entry that links to {name}", wrong_links(acme, globex)[name]
        with refused(what), undone(conn):
            for step in CIRCUMSTANCES[circumstance]:
                conn.execute(step)
            append(conn, acme.next(prev_entry_hash=link))
        with undone(conn):
            for step in CIRCUMSTANCES[circumstance]:
                conn.execute(step)
            refuse_each(conn, [acme.next(**content, prev_entry_hash=link) for content in contents], what)


@pytest.mark.guarantee("CHN-12")
@pytest.mark.parametrize("actor", ["superuser", "owner"])
def test_replication_role_replica_lets_no_wrong_link_in(actor, ledger, acme, globex, initech, contents):
    before = ledger.before
    links = wrong_links(acme, globex)
    wrong = [acme.next(prev_entry_hash=link) for link in links.values()]
    wrong += [acme.next(**content, prev_entry_hash=links["a hash that no entry has"]) for content in contents]
    first = [initech.next(**content, prev_entry_hash=UNKNOWN) for content in contents]
    for organisation, entries in ((acme, wrong), (initech, first)):
        conn = ledger.session(actor, organisation)
        open_anyway = {entry.id for entry, _ in not_refused(conn, entries)}  # CHN-01, CHN-02
        with undone(conn):
            conn.execute("SET LOCAL session_replication_role = replica")
            tried = [entry for entry in entries if entry.id not in open_anyway]
            refuse_each(conn, tried, f"under session_replication_role = replica, by {actor}, a wrong link")
    unchanged(ledger.admin, before, "links under session_replication_role = replica")
