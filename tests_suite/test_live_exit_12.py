"""What keeps a live run from its target: nothing at all to judge ends it with 12 and a line, one denied call does not."""

import os
import signal
import socket
import subprocess
import sys

import pytest

from tests_suite.conftest import NOBODY, PRODUCTION, ROOT, run_in, the_line

DENIED = {
    "DescribeDBSnapshots": {"BAK-03", "BAK-05", "BAK-06", "SEC-02"},
    "DescribeDBSnapshotAttributes": {"BAK-05"},
    "DescribeDBParameterGroups": {"PRM-01"},
    "DescribeSecurityGroups": {"NET-02", "NET-03"},
    "DescribeRouteTables": {"NET-01"},
    "DescribeKey": {"SEC-02"},
    "GetTopicAttributes": {"MON-05"},
    "DescribeSecret": {"SEC-05", "SEC-06"},
    "GetResourcePolicy": {"SEC-07"},
    "GetSecretValue": {"SEC-08", "SEC-09", "SEC-10"},
}


@pytest.mark.parametrize("operations", [[*DENIED][start::3] for start in range(3)], ids="+".join)
def test_a_denied_call_leaves_its_guarantees_unchecked_with_the_reason(operations, gate, runner, tmp_path):
    watched, environment = gate
    code = {True: "UnauthorizedOperation", False: "AccessDenied"}
    watched.refused = {operation: code["Route" in operation or "Group" in operation] for operation in operations}
    run = run_in(runner, tmp_path, *PRODUCTION, "--read-secrets", environment=environment)
    notes = {one["id"]: one["note"] for one in run.evidence["guarantees"] if one["verdict"] == "not-checked"}
    for operation in operations:
        denied = {id_ for id_, note in notes.items() if "access denied" in note and f':{operation}"' in note}
        assert denied == DENIED[operation], run.why()
    assert not run.ids("broken", "error")
    assert run.evidence["verdict"] == "incomplete"


ANSWERED = {
    "ExpiredToken": "expired",
    "InvalidClientTokenId": "does not accept the credentials",
    "Throttling": "throttling",
    "AccessDenied": 'the policy lacks "rds:DescribeDBInstances"',
}


@pytest.mark.parametrize("code", ANSWERED)
def test_12_says_what_aws_answers(code, gate, runner, tmp_path):
    watched, environment = gate
    watched.refused = {"DescribeDBInstances": code}
    assert ANSWERED[code] in the_line(run_in(runner, tmp_path, *PRODUCTION, environment=environment), 12)


UNREACHED = {
    "no credentials": ((), {**NOBODY}, "no AWS credentials were found"),
    "a profile that is none": ((), {**NOBODY, "AWS_PROFILE": "nobody"}, "no AWS credentials can be used"),
    "no way to AWS": ((), {**NOBODY, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}, "cannot be reached"),
    "no such file": (("--account-replay", "nowhere.json"), NOBODY, "nowhere.json: No such file"),
    "no record": (("--account-replay", ROOT / "pytest.ini"), NOBODY, "pytest.ini:1: not a record"),
}


@pytest.mark.parametrize("what", UNREACHED)
def test_12_says_what_is_missing(what, runner, tmp_path):
    options, environment, words = UNREACHED[what]
    assert words in the_line(run_in(runner, tmp_path, *PRODUCTION, *options, environment=environment), 12)


def test_12_says_that_there_is_no_such_instance(simulation, compliant, runner, tmp_path):
    for option in (("--rds-instance", "amply-other"), ("--region", "eu-west-1")):
        line = the_line(run_in(runner, tmp_path, *PRODUCTION, *option, environment=simulation.environment()), 12)
        assert "there is no instance" in line


@pytest.mark.parametrize("what", ["no server", "another password", "no connection string", "two signs", "no port"])
def test_12_says_that_the_database_cannot_be_reached(what, simulation, compliant, live, runner, tmp_path):
    password = "not-the-password-at-all"
    dsn = {
        "no server": live.dsn(port=1, password=password),
        "another password": live.dsn(password=password),
        "no connection string": f"amply_readonly {password}",
        "two signs": f"postgresql://amply_readonly:x@{password}@127.0.0.1/amply",
        "no port": f"postgresql://127.0.0.1:{password}/amply",
    }[what]
    run = run_in(runner, tmp_path, *PRODUCTION, "--live-dsn", dsn, environment=simulation.environment())
    assert password not in the_line(run, 12)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_2_ends_a_run_at_once_though_aws_does_not_answer(name):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        key = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
        environment = {**os.environ, **NOBODY, **key, "AWS_ENDPOINT_URL": endpoint}
        command = [sys.executable, "-m", "pytest", *PRODUCTION]
        run = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        with run:
            asked, _ = silent.accept()
            run.send_signal(signal.Signals[name])
            output, _ = run.communicate(timeout=15)
            asked.close()
    assert run.returncode == 2, output


def test_a_password_may_stand_in_the_environment(simulation, compliant, live, runner, tmp_path):
    password = {"PGPASSWORD": live.server.passwords["amply_readonly"], "PGUSER": "amply_readonly"}
    dsn = f"postgresql://127.0.0.1:{live.port}/amply?sslmode=require"
    environment = {**simulation.environment(), **password}
    run = run_in(runner, tmp_path, *PRODUCTION, "--live-dsn", dsn, environment=environment)
    assert run.ids("kept") >= {"DRF-01", "AUD-01", "AUD-02"}, run.output[-2000:]
    assert password["PGPASSWORD"] not in run.output
    assert f"live database amply at 127.0.0.1:{live.port} as amply_readonly" in run.output


MISUSED = {
    "a device": (("--account-record", "/dev/null"), {}, "/dev/null: not a regular file"),
    "another region": (("--account-replay", "record.json", "--region", "eu-west-1"), {}, "says nothing of a replayed"),
    "neither yes nor no": ((), {"AMPLY_READ_SECRETS": "perhaps"}, "AMPLY_READ_SECRETS is 1 or 0"),
}


@pytest.mark.parametrize("what", MISUSED)
def test_4_says_what_is_misused(what, simulation, compliant, runner, tmp_path):
    options, variables, words = MISUSED[what]
    run = run_in(runner, tmp_path, *PRODUCTION, *options, environment={**simulation.environment(), **variables})
    assert run.exit == 4, run.output
    assert words in run.output
    assert "Traceback" not in run.output


def test_4_says_that_the_recorded_ledger_is_none(live, runner, tmp_path):
    (tmp_path / "checkpoint.json").write_text("{}")
    options = ("--live-dsn", live.dsn(), "--live-checkpoint", tmp_path / "checkpoint.json")
    line = the_line(run_in(runner, tmp_path, *PRODUCTION, *options, environment=NOBODY), 4)
    assert line.startswith("ERROR: --live-checkpoint: ")
