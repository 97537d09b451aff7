"""CHN: wrong links under settings, isolation levels and replication roles that a session can choose."""

from contextlib import suppress

import psycopg
import pytest

from spec import TENANCY
from support.catalog import settings_read
from support.chains import UNKNOWN, takes, wrong_links
from support.ledger import append, stored
from support.refusals import refused, undone
from support.resistance import unchanged

CIRCUMSTANCES = {
    "at SERIALIZABLE": ["SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"],
    "at REPEATABLE READ": ["SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"],
    "with constraints deferred": ["SET CONSTRAINTS ALL DEFERRED"],
}


@pytest.mark.guarantee("CHN-02")
@pytest.mark.parametrize("circumstance", CIRCUMSTANCES)
def test_a_wrong_link_is_refused(circumstance, ledger, acme, globex):
    conn = ledger.session("superuser")
    for name in ("no link", "the entry before the head", "a hash that no entry has"):
        with refused(f"{circumstance}, an entry that links to {name}"), undone(conn):
            for step in CIRCUMSTANCES[circumstance]:
                conn.execute(step)
            append(conn, acme.next(prev_entry_hash=wrong_links(acme, globex)[name]))


@pytest.mark.guarantee("CHN-02")
def test_no_setting_that_the_schema_reads_lets_a_wrong_link_in(ledger, acme):
    conn = ledger.session("superuser")
    read, words = settings_read(ledger.admin)
    for setting in sorted(read - {TENANCY.setting}):
        for word in ("on", "true", "1", "yes", "off", *sorted(words)):
            with refused(f"with {setting} = {word!r}, an entry that links to nothing"), undone(conn):
                with suppress(psycopg.Error), conn.transaction():
                    conn.execute("SELECT set_config(%s, %s, true)", [setting, word])
                append(conn, acme.next(prev_entry_hash=UNKNOWN))


@pytest.mark.guarantee("CHN-12")
@pytest.mark.parametrize("actor", ["superuser", "owner"])
def test_replication_role_replica_lets_no_wrong_link_in(actor, ledger, acme, globex):
    conn = ledger.session(actor, acme)
    before = stored(ledger.admin)
    for name, link in wrong_links(acme, globex).items():
        if takes(conn, acme.next(prev_entry_hash=link)):
            continue  # accepted without the setting too: CHN-02
        with refused(f"under session_replication_role = replica, a link to {name} by {actor}"), undone(conn):
            conn.execute("SET LOCAL session_replication_role = replica")
            append(conn, acme.next(prev_entry_hash=link))
    unchanged(ledger.admin, before, "links under session_replication_role = replica")
