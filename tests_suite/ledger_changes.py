"""Each thing that somebody with all privileges does to the live ledger, by the guarantees that it breaks."""

from contextlib import contextmanager

from audit.entry import Entry
from tests_suite.filled_ledger import append

ASIDE = "SET session_replication_role = replica; ALTER TABLE ledger_entries DISABLE TRIGGER USER"
KEEP = "CREATE TEMP TABLE kept AS TABLE ledger_entries"


def hanging(conn):
    """An entry with an honest hash, and a link to none."""
    entry = Entry("led_x", "2024-05-01T00:00:00Z", "org_acme", "fee", "5", "EUR", "{}", "sha256:" + "7" * 64, "")
    append(conn, [entry._replace(entry_hash=entry.hashed("{}"))])


def tampered(statement):
    """What somebody with all privileges does to the ledger, triggers aside; afterwards every row is as it was."""

    @contextmanager
    def change(live):
        with live.connect() as admin:
            triggers = admin.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = 'ledger_entries'::regclass AND NOT tgisinternal"
            ).fetchall()
            admin.execute(KEEP)
            admin.execute(ASIDE)
            admin.execute(statement) if isinstance(statement, str) else statement(admin)
            enable = [f"ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER {name}" for (name,) in triggers]
            for one in enable:
                admin.execute(one)
            try:
                yield
            finally:
                admin.execute(ASIDE)
                admin.execute("DELETE FROM ledger_entries; INSERT INTO ledger_entries SELECT * FROM kept")
                for one in enable:
                    admin.execute(one)
                admin.execute("VACUUM FULL ledger_entries")
                admin.execute("SELECT pg_stat_force_next_flush()")

    return change


TAMPERED = {
    "AUD-01: an amount": tampered("UPDATE ledger_entries SET amount = 1 WHERE id = 'led_acme02'"),
    "AUD-01: the metadata of a last entry": tampered(
        "UPDATE ledger_entries SET metadata = '[1.5]' WHERE id = 'led_globex11'"
    ),
    "AUD-01, AUD-02, AUD-03: a hash": tampered(
        "UPDATE ledger_entries SET entry_hash = overlay(entry_hash placing 'ffff' from 20) WHERE id = 'led_acme03'"
    ),
    "AUD-02, AUD-03: an entry is gone": tampered("DELETE FROM ledger_entries WHERE id = 'led_acme05'"),
    "AUD-02: an entry hangs in the air": tampered(hanging),
    "AUD-03: the last entry is gone": tampered("DELETE FROM ledger_entries WHERE id = 'led_acme12'"),
    "AUD-03: an organisation is gone": tampered("DELETE FROM ledger_entries WHERE organisation_id = 'org_globex'"),
    "AUD-03: everything is gone": tampered("DELETE FROM ledger_entries"),
}
