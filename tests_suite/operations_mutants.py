"""What breaks guarantees of operations: patches of the candidate, and disasters (tests_suite/disasters.py)."""

from tests_suite.conftest import ROOT

ALL_OF_IT = "USING (organisation_id = NULLIF(current_setting('app.current_org_id', true), '') "
POLICY = "ALTER POLICY org_isolation ON ledger_entries " + ALL_OF_IT
UNLOGGED = "ALTER TABLE ledger_entries SET UNLOGGED"
OPEN_ON_A_REPLICA = POLICY + "OR pg_is_in_recovery())"
SHUT_ON_A_REPLICA = POLICY + "AND NOT (pg_is_in_recovery() AND visibility = 'internal_only'))"
FUNDS_ON_A_REPLICA = OPEN_ON_A_REPLICA.replace("ledger_entries", "funds")
FREE = "GRANT EXECUTE ON FUNCTION pg_catalog.{} TO rds_superuser"
OFF = "ALTER TABLE public.ledger_entries DISABLE TRIGGER {}"


def patched(statement):
    """A candidate with this executed after it."""

    def arguments(folder):
        file = folder / "patch.sql"
        file.write_text(statement + ";\n")
        return ["--patch", file]

    return arguments


def disaster(what):
    """A run in which this happens."""
    return lambda _folder: ["-p", "tests_suite.disasters", "--disaster", what]


def variant(name):
    """One of the honest schemas that are written differently."""
    return lambda _folder: ["--patch", ROOT / "variants" / f"{name}.sql"]


REPLICA = {
    "the ledger is unlogged": ({"REP-04", "REP-06", "REP-08"}, patched(UNLOGGED)),
    "the replica is an hour behind": ({"REP-04"}, disaster("the_replica_waits_for_an_hour")),
    "the replica's connection string leads to the primary": (
        {"REP-04", "REP-05"},
        disaster("the_replica_is_the_primary"),
    ),
    "the master user may promote the replica": ({"REP-05"}, patched(FREE.format("pg_promote"))),
    "everybody may stop the replay": (
        {"REP-05"},
        patched("GRANT EXECUTE ON FUNCTION pg_catalog.pg_wal_replay_pause() TO PUBLIC"),
    ),
    "a replica shows every organisation": ({"REP-06"}, patched(OPEN_ON_A_REPLICA)),
    "a replica hides internal entries": ({"REP-06"}, patched(SHUT_ON_A_REPLICA)),
    "a replica shows the funds of every organisation": ({"REP-06"}, patched(FUNDS_ON_A_REPLICA)),
    "a trigger is off after the promotion": ({"REP-08"}, disaster("promoted: " + OFF.format("ledger_no_update"))),
    "links are not checked after the promotion": (
        {"REP-08"},
        disaster("promoted: " + OFF.format("ledger_validate_chain")),
    ),
    "the application may not append after the promotion": (
        {"REP-08"},
        disaster("promoted: REVOKE INSERT ON public.ledger_entries FROM amply_app"),
    ),
    "an entry is away after the promotion": (
        {"REP-08"},
        disaster("promoted: " + OFF.format("ALL") + "; DELETE FROM public.ledger_entries WHERE id = 'led_acme12'"),
    ),
}
