"""What breaks guarantees of operations: patches of the candidate, and disasters (tests_suite/disasters.py)."""

from tests_suite.conftest import ROOT

ALL_OF_IT = "USING (organisation_id = NULLIF(current_setting('app.current_org_id', true), '') "
POLICY = "ALTER POLICY org_isolation ON ledger_entries " + ALL_OF_IT
ASYNCHRONOUS = """
CREATE FUNCTION does_not_wait() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM set_config('synchronous_commit', 'off', true); RETURN NEW; END $$;
CREATE TRIGGER does_not_wait BEFORE INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION does_not_wait()"""
UNLOGGED = "ALTER TABLE ledger_entries SET UNLOGGED"
OPEN_ON_A_REPLICA = POLICY + "OR pg_is_in_recovery())"
SHUT_ON_A_REPLICA = POLICY + "AND NOT (pg_is_in_recovery() AND visibility = 'internal_only'))"
FUNDS_ON_A_REPLICA = "; ".join(OPEN_ON_A_REPLICA.replace("ledger_entries", name) for name in ("funds", "transactions"))
FREE = "GRANT EXECUTE ON FUNCTION pg_catalog.{} TO rds_superuser"
FUNCTIONS = ("pg_promote", "pg_wal_replay_pause", "pg_reload_conf")
OFF = "ALTER TABLE public.ledger_entries DISABLE TRIGGER {}"


def patched(statement):
    """A candidate with this executed after it."""

    def arguments(folder):
        file = folder / f"{abs(hash(statement))}.sql"
        file.write_text(statement + ";\n")
        return ["--patch", file]

    return arguments


def disaster(what):
    """A run in which this happens."""
    return lambda _folder: ["--disaster", what]


REPLICA = {
    "the ledger is unlogged": ({"REP-04", "REP-06", "REP-08"}, patched(UNLOGGED)),
    "the replica is an hour behind": ({"REP-04"}, disaster("the_replica_waits_for_an_hour")),
    "the replica's connection string leads to the primary": (
        {"REP-04", "REP-05"},
        disaster("the_replica_is_the_primary"),
    ),
    "the replica went its own way": ({"REP-04", "REP-05", "REP-06"}, disaster("the_replica_went_its_own_way")),
    "nobody sees the lag": ({"REP-04"}, disaster("nobody_sees_the_lag")),
    "entries are there before their commit": ({"REP-04"}, disaster("entries_are_there_before_their_commit")),
    "a read shows less than the one before": ({"REP-04", "REP-06"}, disaster("a_read_shows_less_than_the_one_before")),
    "the master user may promote the replica": ({"REP-05"}, patched(FREE.format("pg_promote"))),
    "everybody may promote, stop and reload the replica": (
        {"REP-05"},
        patched("; ".join(f"GRANT EXECUTE ON FUNCTION pg_catalog.{name} TO PUBLIC" for name in FUNCTIONS)),
    ),
    "a replica shows every organisation": ({"REP-06"}, patched(OPEN_ON_A_REPLICA)),
    "a replica hides internal entries": ({"REP-06"}, patched(SHUT_ON_A_REPLICA)),
    "a replica shows everybody's funds and transactions": ({"REP-06"}, patched(FUNDS_ON_A_REPLICA)),
    "a trigger is off after the promotion": ({"REP-08"}, disaster("promoted: " + OFF.format("ledger_no_update"))),
    "links are not checked after the promotion": (
        {"REP-08"},
        disaster("promoted: " + OFF.format("ledger_validate_chain")),
    ),
    "the application may not append after the promotion": (
        {"REP-08"},
        disaster("promoted: REVOKE INSERT ON public.ledger_entries FROM amply_app"),
    ),
    "nobody promotes": ({"REP-08"}, disaster("nobody_promotes")),
    "the passwords are others after the promotion": (
        {"REP-08"},
        disaster("promoted: ALTER ROLE amply_readonly PASSWORD 'another'; ALTER ROLE amply_app PASSWORD 'another'"),
    ),
    "an entry is away after the promotion": (
        {"REP-08"},
        disaster("promoted: " + OFF.format("ALL") + "; DELETE FROM public.ledger_entries WHERE id = 'led_acme12'"),
    ),
}

SLOW = POLICY + "AND (SELECT count(*) FROM generate_series(1, 2000 + length(entry_hash))) > 0)"
WITHOUT_ENTRIES = {"REC-01", "REC-02", "REC-03", "REC-04", "REC-06", "REC-09"}
RECOVERY = {
    "the ledger is unlogged": (WITHOUT_ENTRIES, patched(UNLOGGED)),
    "an amount in the backup is changed": ({"REC-01"}, disaster("an_amount_in_the_backup_is_changed")),
    "a visibility in the backup is changed": ({"REC-01"}, disaster("a_visibility_in_the_backup_is_changed")),
    "a file of the backup is changed": ({"REC-01"}, disaster("a_file_of_the_backup_is_changed")),
    "a hole in the log is passed over": ({"REC-02"}, disaster("a_hole_in_the_log_is_passed_over")),
    "recovery goes beyond its target": ({"REC-02"}, disaster("recovery_goes_as_far_as_it_can")),
    "recovery ends before its target": ({"REC-02"}, disaster("recovery_ends_a_moment_early")),
    "the archive has a hole": ({"REC-02", "REC-09"}, disaster("the_archive_has_a_hole")),
    "a policy takes long": ({"REC-03"}, patched(SLOW)),
    "a trigger is not restored": ({"REC-04"}, disaster("restored: " + OFF.format("ledger_no_delete"))),
    "the check of links is not restored": (
        {"REC-04", "REC-07"},
        disaster("restored: " + OFF.format("ledger_validate_chain")),
    ),
    "a privilege is restored that was not there": (
        {"REC-04"},
        disaster("restored: GRANT UPDATE (visibility) ON public.ledger_entries TO amply_app"),
    ),
    "a role is restored with more": ({"REC-04"}, disaster("restored: ALTER ROLE amply_app CREATEDB")),
    "the application's password is another": (
        {"REC-04", "REC-05", "REC-07"},
        disaster("restored: ALTER ROLE amply_app PASSWORD 'another'"),
    ),
    "the parameter group is another": ({"REC-05"}, disaster("the_restored_server_has_other_parameters")),
    "the audit finds nothing": ({"REC-06"}, disaster("the_audit_finds_nothing")),
    "the audit finds too much": ({"REC-06"}, disaster("the_audit_finds_too_much")),
    "checksums are ignored": ({"REC-06"}, disaster("checksums_are_ignored")),
    "the restored server is read only": ({"REC-07"}, disaster("the_restored_server_is_read_only")),
    "nothing is archived before a segment is full": (
        {"REC-09"},
        disaster("nothing_is_archived_before_a_segment_is_full"),
    ),
}
HEADS = "ALTER TABLE ledger_heads SET UNLOGGED"
CRASH = {
    "the ledger is unlogged": ({"REC-08"}, patched(UNLOGGED)),
    "the application does not wait for the log": (
        {"REC-08"},
        patched("ALTER ROLE amply_app SET synchronous_commit = off"),
    ),
    "nobody waits for the log": ({"REC-08"}, patched("ALTER DATABASE amply SET synchronous_commit = off")),
    "a trigger sees to it that nobody waits for the log": (
        {"REC-08"},
        patched(ASYNCHRONOUS),
    ),
    "entries are appended outside their transaction": ({"REC-08"}, disaster("appended_outside")),
    "a trigger is off while it crashes": ({"REC-08"}, disaster("crashing: " + OFF.format("ledger_no_update"))),
    "the heads are unlogged": ({"REC-08"}, patched((ROOT / "variants" / "heads_in_a_table.sql").read_text() + HEADS)),
}
# In one run each: no two of a group break the same, or hide each other.
GROUPS = {
    "replica": (
        REPLICA,
        (
            ("the ledger is unlogged",),
            ("the replica's connection string leads to the primary",),
            (
                "the replica is an hour behind", "the master user may promote the replica",
                "a replica shows every organisation", "a trigger is off after the promotion",
            ),
            (
                "everybody may promote, stop and reload the replica", "a replica hides internal entries",
                "links are not checked after the promotion",
            ),
            (
                "a replica shows everybody's funds and transactions",
                "the application may not append after the promotion",
            ),
            ("an entry is away after the promotion", "nobody sees the lag"),
            ("the replica went its own way",),
            ("entries are there before their commit", "nobody promotes"),
            (
                "a read shows less than the one before",
                "the passwords are others after the promotion",
            ),
        ),
    ),
    "recovery": (
        RECOVERY,
        (
            ("the ledger is unlogged",),
            (
                "an amount in the backup is changed", "recovery goes beyond its target", "the audit finds nothing",
                "a role is restored with more", "the parameter group is another",
            ),
            (
                "a visibility in the backup is changed", "recovery ends before its target", "a policy takes long",
                "checksums are ignored", "nothing is archived before a segment is full", "a trigger is not restored",
            ),
            ("the archive has a hole", "the audit finds too much"),
            (
                "a privilege is restored that was not there", "the restored server is read only",
                "a file of the backup is changed",
            ),
            ("the check of links is not restored", "a hole in the log is passed over"),
            ("the application's password is another",),
        ),
    ),
    "crash": (CRASH, tuple((what,) for what in CRASH)),
}  # fmt: skip
