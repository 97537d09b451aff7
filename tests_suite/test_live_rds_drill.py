"""`python -m tools.rds_drill` on a simulated account: a plan, the drill, and everything that it refuses to touch."""

# ruff: noqa: F811  # fixtures are imported
import json

from support.recovery.rds import OPERATIONS, PREFIX, TAG
from tests_suite.drill_account import account, drill, restored, servers  # noqa: F401
from tools import rds_drill

TAMPER = """ALTER TABLE ledger_entries DISABLE TRIGGER ALL;
            UPDATE ledger_entries SET amount = amount {} 1 WHERE id = 'led_acme04'"""


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
