"""`python -m tools.rds_drill` on a simulated account: a plan, the drill, and everything that it refuses to touch."""

import json
import tempfile
from pathlib import Path

import pytest
from moto.rds import models

from support.recovery_rds import OPERATIONS, PREFIX, TAG, DrillAws
from support.sowing import sow
from support.unread import TargetError
from tests_suite.live_server import live_server
from tools import rds_drill

BY_HAND = {"UseLatestRestorableTime": True, "DeletionProtection": False, "MultiAZ": False, "PubliclyAccessible": False}
TAMPER = """ALTER TABLE ledger_entries DISABLE TRIGGER ALL;
            UPDATE ledger_entries SET amount = amount {} 1 WHERE id = 'led_acme04'"""


@pytest.fixture(scope="module")
def restored():
    """The database that a restored instance turns out to hold."""
    with tempfile.TemporaryDirectory(prefix="amply-drill-") as name:
        Path(name).chmod(0o755)
        with live_server(Path(name)) as server:
            with server.connect() as conn:
                sow(conn)
            yield server


@pytest.fixture
def account(simulation, compliant, restored, monkeypatch):
    """The compliant account; what is restored in it answers at the address of `restored`."""

    def endpoint(instance):
        ours = instance.db_instance_identifier.startswith(PREFIX)
        return {"Address": "127.0.0.1", "Port": restored.port} if ours else {"Address": "db.example", "Port": 5432}

    monkeypatch.setattr(models.DBInstance, "endpoint", property(endpoint))
    for name, value in simulation.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setenv("PGPASSWORD", restored.server.passwords["amply_readonly"])
    made = []
    restoring = models.RDSBackend.restore_db_instance_to_point_in_time

    def restore(backend, source, target, given):
        made.append(restoring(backend, source, target, given))
        for name in (
            "deletion_protection",
            "multi_az",
            "publicly_accessible",
        ):  # moto keeps the source's for what is false
            setattr(made[-1], name, given[name])
        return made[-1]

    monkeypatch.setattr(models.RDSBackend, "restore_db_instance_to_point_in_time", restore)
    simulation.made = made
    return simulation


def servers(account):
    return {*account.backend("rds").databases}


@pytest.fixture
def drill(account, capfd):
    """The command on production, and what it said; servers there before are there afterwards."""

    def call(*words):
        before = servers(account)
        code = rds_drill.main(["--environment", "production", "--poll", "0.01", *map(str, words)])
        said = capfd.readouterr()
        assert "Traceback" not in said.err
        assert before <= servers(account)
        return code, said.out + said.err

    return call


def test_without_execute_it_is_a_plan(drill, account):
    before = servers(account)
    code, output = drill()
    assert code == 0
    assert "nothing was done" in output
    assert all(operation in output for operation in OPERATIONS)
    assert '"SourceDBInstanceIdentifier": "amply-prod"' in output
    assert (servers(account), account.made) == (before, [])


def test_it_restores_audits_and_deletes_one_instance(drill, account, compliant, restored, tmp_path):
    before = servers(account)
    code, output = drill("--execute", "--evidence", tmp_path)
    assert code == 0, output
    assert servers(account) == before
    (one,) = account.made
    assert one.db_instance_identifier.startswith(PREFIX)
    assert not one.publicly_accessible
    assert not one.multi_az
    assert not one.deletion_protection
    assert one.vpc_security_group_ids == [compliant.sg_rds]
    assert [tag["Key"] for tag in one.tags] == [TAG]
    content = json.loads((tmp_path / "rds-drill.json").read_text())
    assert content["verdict"] == "kept"
    assert content["audit"] == {"entries": 16, "organisations": 2, "intact": True, "findings": []}
    assert content["calls"] == sorted(f"rds:{operation}" for operation in OPERATIONS)
    assert restored.server.passwords["amply_readonly"] not in output + json.dumps(content)


def test_a_tampered_ledger_is_found_and_the_instance_deleted(drill, account, restored):
    before = servers(account)
    with restored.connect() as conn:
        conn.execute(TAMPER.format("+"))
        code, output = drill("--execute")
        conn.execute(TAMPER.format("-"))
    assert code == 1, output
    assert "verdict: broken" in output
    assert servers(account) == before


def test_a_ledger_that_cannot_be_read_is_no_verdict_and_the_instance_is_deleted(drill, account, monkeypatch):
    before = servers(account)
    monkeypatch.setenv("PGPASSWORD", "a wrong one, " * 3)
    code, output = drill("--execute")
    assert code == 12
    assert "the drill could not be held: the database cannot be reached" in output
    assert "a wrong one" not in output
    assert (servers(account), len(account.made)) == (before, 1)


def test_an_interrupted_drill_deletes_what_it_restored(drill, account, monkeypatch):
    before = servers(account)

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(rds_drill, "_audited", interrupted)
    code, output = drill("--execute")
    assert code == 2, output
    assert (servers(account), len(account.made)) == (before, 1)


def test_a_drill_whose_instance_cannot_be_deleted_is_no_success(drill, account, monkeypatch):
    auditing = rds_drill._audited

    def audited(*arguments):
        account.made[0].deletion_protection = True  # by somebody else
        return auditing(*arguments)

    monkeypatch.setattr(rds_drill, "_audited", audited)
    code, output = drill("--execute")
    name = account.made[0].db_instance_identifier
    assert code == 12, output
    assert f"{name} may still be there" in output
    assert f"--execute --delete {name}" in output


def test_an_instance_with_another_tag_stays_and_that_is_said(drill, account, monkeypatch):
    def exchanged(*_):
        account.made[0].tags = [{"Key": TAG, "Value": "somebody else's"}]
        raise KeyboardInterrupt

    monkeypatch.setattr(rds_drill, "_audited", exchanged)
    code, output = drill("--execute")
    assert code == 2
    assert account.made[0].db_instance_identifier in servers(account)
    assert f"{account.made[0].db_instance_identifier} may still be there" in output


@pytest.mark.parametrize("name", ["amply-prod", "amply-prod-replica", f"{PREFIX}by-hand"])
def test_what_no_drill_created_is_not_deleted(name, drill, account):
    if name.startswith(PREFIX):
        rds = account.client("rds")
        rds.restore_db_instance_to_point_in_time(
            SourceDBInstanceIdentifier="amply-prod", TargetDBInstanceIdentifier=name, **BY_HAND
        )
    account.instance(name).deletion_protection = False
    code, output = drill("--execute", "--delete", name)
    assert code == 12
    assert f"{name} stays" in output
    assert name in servers(account)


def test_what_an_interrupted_drill_left_is_deleted_when_asked(account, capfd):
    name = f"{PREFIX}left"
    account.client("rds").restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier="amply-prod", TargetDBInstanceIdentifier=name, **BY_HAND,
        Tags=[{"Key": TAG, "Value": "a drill's"}],
    )  # fmt: skip
    code = rds_drill.main(["--execute", "--delete", name, "--poll", "0.01"])
    assert code == 0, capfd.readouterr()
    assert name not in servers(account)


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("delete_db_instance", {"DBInstanceIdentifier": "amply-prod"}),
        ("delete_db_instance", {"DBInstanceIdentifier": f"{PREFIX}1"}),
        ("modify_db_instance", {"DBInstanceIdentifier": "amply-prod", "DeletionProtection": False}),
        ("stop_db_instance", {"DBInstanceIdentifier": "amply-prod"}),
        ("delete_db_snapshot", {"DBSnapshotIdentifier": "one"}),
        ("describe_db_snapshots", {}),
        (
            "restore_db_instance_to_point_in_time",
            {"SourceDBInstanceIdentifier": "amply-prod", "TargetDBInstanceIdentifier": "amply-prod-2"},
        ),
    ],
)
def test_the_client_stops(operation, parameters, account):
    before = servers(account)
    aws = DrillAws("eu-central-1")
    with pytest.raises(TargetError, match="was stopped"):
        getattr(aws.client("rds"), operation)(**parameters)
    assert servers(account) == before


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("--restore-time", "yesterday"), 4, "argument --restore-time"),
        (("--restore-time", "2026-01-01T00:00:00"), 4, "say the zone"),
        (("--restore-time", "2126-01-01T00:00:00Z"), 12, "can be restored to"),
        (("--rds-instance", "nobody"), 12, "there is no instance nobody"),
        (("--delete", "amply-drill-1"), 4, "does nothing without --execute"),
        (("--now",), 4, "unrecognized arguments"),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_said_in_a_line(words, code, says, drill):
    found, output = drill(*words)
    assert (found, len(output.strip().splitlines())) == (code, 1), output
    assert says in output
