"""Records: what RDS leaves out is not checked, and what is no record ends the run with one line."""

import json
from dataclasses import replace

import pytest

from support.account import dumps
from tests_suite.conftest import NOBODY, run_in, the_line
from tests_suite.live_account import IN_THE_ACCOUNT, read


@pytest.fixture
def replayed(simulation, compliant, runner, tmp_path):
    """A run on the record of a compliant account, after changes to it."""
    account = read(simulation)

    def run(change):
        instance = dict(account.instance)
        content = json.loads(dumps(replace(account, answers={**account.answers, "instance": instance})))
        change(content)
        file = tmp_path / "record.json"
        file.write_text(json.dumps(content))
        return run_in(runner, tmp_path, "-m", "live", "--account-replay", file, "tests_live", environment=NOBODY)

    return run


ABSENT = {
    "Endpoint": {"RDS-08", "SEC-08"},
    "CertificateDetails CACertificateIdentifier": {"SEC-04"},
    "DBSubnetGroup": {"NET-01"},
}


def test_an_old_record_of_one_list_is_understood(replayed):
    def change(content):
        for name in ("replicas", "snapshots"):
            del content["answers"][name]
            content["missing"][name] = "access denied"

    run = replayed(change)
    assert not run.ids("broken", "error"), run.why()
    assert run.ids("not-checked") >= {"REP-01", "NET-04", "SEC-01", "BAK-03", "BAK-05", "BAK-06", "SEC-02"}


@pytest.mark.parametrize("fields", ABSENT)
def test_what_rds_leaves_out_is_not_checked(fields, replayed):
    run = replayed(lambda content: [content["answers"]["instance"].pop(name) for name in fields.split()])
    assert not run.ids("broken", "error"), run.why()
    assert run.ids("not-checked") & IN_THE_ACCOUNT == ABSENT[fields]


def test_a_port_that_is_coming_is_judged_without_an_endpoint(replayed):
    def change(content):
        del content["answers"]["instance"]["Endpoint"]
        content["answers"]["instance"]["PendingModifiedValues"] = {"Port": 5433}

    assert replayed(change).ids("broken") == {"RDS-08"}


WRONG = {
    "instance_id": 5,
    "environment": ["production"],
    "account_id": None,
    "region": {},
    "moment": "yesterday",
    "missing": [],
    "missing/replicas": 5,
    "calls": "rds:DescribeDBInstances",
    "calls/0": 7,
    "answers": [],
    "answers/instance": "amply-prod",
    "answers/instance/DBInstanceArn": 5,
    "answers/instance/DBInstanceStatus": None,
    "answers/replicas": 5,
    "answers/snapshots": {"a": 1},
}


@pytest.mark.parametrize("where", WRONG)
def test_12_says_what_a_record_is_not(where, replayed):
    def change(content):
        *way, last = where.split("/")
        for step in way:
            content = content[step]
        content[int(last) if last.isdigit() else last] = WRONG[where]

    assert "record.json:1: not a record of an account: " in the_line(replayed(change), 12)
