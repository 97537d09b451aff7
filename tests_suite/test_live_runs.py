"""Live runs from end to end: against a simulated account over HTTP, and a PostgreSQL behind TLS."""

import json
import re
import time

import psycopg
import pytest

from spec import GUARANTEES
from support.account import record
from support.aws import Aws
from support.live_database import connect
from support.unread import TargetError
from tests_suite import account_changes
from tests_suite.bundles import Bundle
from tests_suite.conftest import NOBODY, PRODUCTION, ROOT, run_in
from tests_suite.ledger_changes import TAMPERED
from tests_suite.live_account import read
from tests_suite.live_server import checkpoint_of

LIVE = {id_ for id_, one in GUARANTEES.items() if one.scope == "live" and not one.planned}


def secrets_of(simulation, compliant, live):
    return [*compliant.passwords, *live.server.passwords.values(), simulation.environment()["AWS_SECRET_ACCESS_KEY"]]


def test_a_compliant_account_and_database_are_kept(simulation, compliant, live, runner, tmp_path):
    options = ("--read-secrets", "--live-dsn", live.dsn(), "--account-record", tmp_path / "record.json")
    options += ("--live-checkpoint", checkpoint_of(live, tmp_path / "checkpoint.json"))
    began = time.monotonic()
    run = run_in(runner, tmp_path, *PRODUCTION, *options, environment=simulation.environment())
    seconds = time.monotonic() - began
    collated = {"PRM-11"} if live.collation == "C" else set()  # a machine without en_US, and no means to make it
    assert run.ids("kept") == LIVE - collated, run.why() + run.output[-2000:]
    assert run.exit == bool(collated)
    summary = re.search(r"account 123456789012 in eu-central-1, instance amply-prod .* with (\d+) calls", run.output)
    assert summary, run.output
    assert int(summary[1]) <= 30
    assert seconds < 15  # 2-3 s on a quiet machine; BENCHMARKS.md
    assert Bundle(run.folder).found() == ""
    everything = run.output + json.dumps(run.evidence) + (tmp_path / "record.json").read_text()
    assert not [secret for secret in secrets_of(simulation, compliant, live) if secret in everything]


def test_nothing_is_written_and_no_lock_is_waited_for(simulation, compliant, live, runner, tmp_path):
    log = live.log
    with live.connect() as admin, admin.transaction():
        admin.execute("LOCK TABLE ledger_entries, funds, organisations IN ACCESS EXCLUSIVE MODE")
        before = log.stat().st_size
        run = run_in(runner, tmp_path, *PRODUCTION, "--live-dsn", live.dsn(), environment=simulation.environment())
        text = log.read_text()[before:]
    assert not run.ids("broken", "error") - {"PRM-11"}, run.why()
    said = re.findall(r"LOG:  (?:statement|execute [^:]*):\s*(\w+)", text)
    assert 20 <= len(said) <= 150
    assert set(said) <= {"SELECT", "BEGIN", "SAVEPOINT", "ROLLBACK", "RELEASE"}
    assert "BEGIN READ WRITE" not in text
    notes = {one["id"]: one["note"] for one in run.evidence["guarantees"]}
    assert "lock timeout" in notes["AUD-01"]
    assert run.ids("not-checked") >= {"AUD-01", "AUD-02"}


def test_without_an_earlier_audit_it_is_said_that_none_was_held_against(simulation, compliant, live, runner, tmp_path):
    options = ("--read-secrets", "--live-dsn", live.dsn())
    with TAMPERED["AUD-03: everything is gone"](live):  # as before the first donation, which is no defect
        run = run_in(runner, tmp_path, *PRODUCTION, *options, environment=simulation.environment())
    assert run.ids("kept") >= {"AUD-01", "AUD-02"}, run.why()
    assert not run.ids("not-checked")
    assert {one["id"] for one in run.evidence["guarantees"]} == LIVE - {"AUD-03"}
    assert "is held against no earlier audit (--live-checkpoint): AUD-03 is not judged" in run.output
    assert Bundle(run.folder).found() == ""


def test_a_session_of_the_suite_cannot_write(live):
    with connect(live.dsn("amply_admin")) as conn:
        for statement in (
            "CREATE TABLE public.x ()",
            "UPDATE public.users SET name = ''",
            "SELECT set_config('app.x', '1', false)",
        ):
            try:
                conn.execute(statement)
            except psycopg.errors.ReadOnlySqlTransaction:
                continue
            assert statement.startswith("SELECT")


def test_a_drifted_database_is_told_apart(simulation, compliant, live, runner, tmp_path):
    with live.connect() as admin:
        admin.execute("ALTER TABLE ledger_entries DISABLE TRIGGER ledger_no_update")
    try:
        run = run_in(runner, tmp_path, *PRODUCTION, "--live-dsn", live.dsn(), environment=simulation.environment())
    finally:
        with live.connect() as admin:
            admin.execute("ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_no_update")
    assert run.ids("broken") - {"PRM-11"} == {"DRF-02"}, run.why()
    assert "(DISABLED)" in run.output


def test_the_policy_in_the_documentation_names_exactly_the_calls_that_are_made(simulation, compliant, gate):
    text = (ROOT / "docs" / "live.md").read_text()
    policy = json.loads(re.search(r"```json\n(.*?)```", text, re.DOTALL)[1])
    listed = [one["Action"] for one in policy["Statement"]]
    actions = {action for one in listed for action in (one if isinstance(one, list) else [one])}
    watched, environment = gate
    simulated = type("Gated", (), {"endpoint": environment["AWS_ENDPOINT_URL"], "environment": lambda _: environment})()
    account = read(simulated)
    assert set(watched.asked) == actions
    assert set(account.calls) == actions
    assert len(watched.asked) <= 30


def test_nothing_but_a_read_is_ever_sent(simulation, compliant, gate, monkeypatch):
    watched, environment = gate
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    aws = Aws("eu-central-1")
    for service, operation, parameters in (
        ("rds", "delete_db_instance", {"DBInstanceIdentifier": "amply-prod"}),
        ("ec2", "revoke_security_group_ingress", {"GroupId": compliant.sg_rds}),
        ("secretsmanager", "put_secret_value", {"SecretId": "amply/prod/database-url", "SecretString": "x"}),
        ("kms", "disable_key", {"KeyId": compliant.key_id}),
    ):
        with pytest.raises(TargetError, match="only ever read"):
            getattr(aws.client(service), operation)(**parameters)
    assert watched.asked == []


def test_a_replayed_record_gives_the_same_verdicts_without_aws(simulation, compliant, runner, tmp_path):
    file = tmp_path / "record.json"
    arguments = (*PRODUCTION, "--read-secrets", "--account-record", file)
    first = run_in(runner, tmp_path, *arguments, environment=simulation.environment())
    again = run_in(runner, tmp_path, "-m", "live", "--account-replay", file, environment=NOBODY)
    in_short = [
        [(one["id"], one["verdict"], one["note"]) for one in run.evidence["guarantees"]] for run in (first, again)
    ]
    assert in_short[0] == in_short[1]
    assert "replayed, as read on" in again.output


def test_a_live_run_with_nothing_to_run_is_never_a_pass(simulation, compliant, runner, tmp_path):
    record(read(simulation), tmp_path / "record.json")
    arguments = ("-m", "live", "--account-replay", tmp_path / "record.json", "--ignore-glob=*")
    run = run_in(runner, tmp_path, *arguments, environment=NOBODY)
    assert (run.exit, run.evidence["verdict"], run.evidence["scope"]) == (1, "incomplete", "live"), run.output
    assert run.ids("not-checked") == LIVE - {"AUD-03"}


@pytest.mark.parametrize("workers", ["2"])
def test_workers_see_what_one_process_sees(workers, simulation, compliant, runner, tmp_path):
    record(read(simulation), tmp_path / "record.json")
    one, two = (
        run_in(runner, tmp_path, "-m", "live", "--account-replay", tmp_path / "record.json", *extra, environment=NOBODY)
        for extra in ((), ("-n", workers))
    )
    assert one.ids("kept") == two.ids("kept")
    assert one.ids("kept")


def test_the_line_that_mends_names_the_instance_in_the_evidence_too(judged):
    run = judged(account_changes.field("i", deletion_protection=False))
    remedies = [failure["remedy"] for one in run.evidence["guarantees"] for failure in one["failures"]]
    assert remedies
    assert not [remedy for remedy in remedies if "<instance>" in remedy]
