"""What befalls backups, archives, restored servers and audits, for `--disaster` (tests_suite/disasters.py)."""

from audit.audit import Result
from audit.findings import Finding
from support.recovery import audit as recovery_audit
from support.recovery import damage as recovery_damage
from support.recovery import drill as recovery_drill
from support.recovery import writers as recovery_writers
from support.recovery.archive import segments
from support.recovery.servers import Site
from tests_suite.disasters_of_servers import outside, with_settings


def a_file_of_the_backup_is_changed():
    taking = Site.base_backup

    def base_backup(site, server, name, **rest):
        taken = taking(site, server, name, **rest)
        if name == "backup":
            with (taken / "postgresql.conf").open("a") as file:
                file.write("# changed\n")
        return taken

    Site.base_backup = base_backup


def a_hole_in_the_log_is_passed_over():
    recovering = recovery_damage.recovered

    def recovered(site, backup, archive, name, target):
        return recovering(site, backup, archive, name, {} if name == "hole" else target)

    recovery_damage.recovered = recovered


def _before_the_backup(change, back):
    """Execute one on the primary just before the backup is taken, and the other just after."""
    taking = Site.base_backup

    def base_backup(site, server, name, **rest):
        if name != "backup":
            return taking(site, server, name, **rest)
        admin = site.machines["primary"].admin
        admin.execute(f"{OPEN}; {change}; {SHUT}")
        taken = taking(site, server, name, **rest)
        admin.execute(f"{OPEN}; {back}; {SHUT}")
        return taken

    Site.base_backup = base_backup


OPEN = "ALTER TABLE public.ledger_entries DISABLE TRIGGER ledger_no_update"
SHUT = "ALTER TABLE public.ledger_entries ENABLE ALWAYS TRIGGER ledger_no_update"
AMOUNT = "UPDATE public.ledger_entries SET amount = amount {} 1 WHERE id = 'led_acme04'"
SEEN = "UPDATE public.ledger_entries SET visibility = '{}' WHERE id = 'led_acme00'"


def an_amount_in_the_backup_is_changed():
    _before_the_backup(AMOUNT.format("+"), AMOUNT.format("-"))


def a_visibility_in_the_backup_is_changed():
    _before_the_backup(SEEN.format("internal_only"), SEEN.format("public_full"))


def _another_target(change):
    recovering = recovery_drill.recovered

    def recovered(site, backup, archive, name, target):
        return recovering(site, backup, archive, name, change() if name == "restored" else target)

    recovery_drill.recovered = recovered


def recovery_goes_as_far_as_it_can():
    _another_target(dict)


def recovery_ends_a_moment_early():
    showing = recovery_drill.shown
    recovery_drill.shown = lambda moment: showing(moment - 0.05)


def the_archive_has_a_hole():
    recovering = recovery_drill.recovered

    def recovered(site, backup, archive, name, target):
        held = segments(backup / "pg_wal")[-1]
        later = [archive / name for name in segments(archive) if name > held]
        if name == "snapshot":
            later[0].unlink()
        return recovering(site, backup, archive, name, target)

    recovery_drill.recovered = recovered


def nothing_is_archived_before_a_segment_is_full():
    with_settings("primary", archive_timeout="0")


def the_restored_server_is_read_only():
    with_settings("restored", default_transaction_read_only="on")


def the_restored_server_has_other_parameters():
    with_settings("restored", search_path="nothing")


def checksums_are_ignored():
    with_settings("damaged_page", ignore_checksum_failure="on")


def the_audit_finds_nothing():
    auditing = recovery_audit.audit

    def audit(source):
        told = auditing(source)
        return Result(told.entries, told.heads)

    recovery_audit.audit = audit


def the_audit_finds_too_much():
    auditing = recovery_audit.audit

    def audit(source):
        told = auditing(source)
        told.findings.add(Finding("hash_mismatch", "org_acme", "led_acme01"))
        return told

    recovery_audit.audit = audit


def appended_outside():
    """The application writes its entries in a session beside that of its transaction."""
    recovery_writers.append = outside(recovery_writers.append)
