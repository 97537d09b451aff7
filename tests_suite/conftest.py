"""Fixtures for tests about this repository."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from spec import GUARANTEES

os.environ.pop("GITHUB_ACTIONS", None)  # what runs of the suite find here is no finding of the workflow that tests it
ROOT = Path(__file__).parents[1]
OFFLINE = {id_ for id_, guarantee in GUARANTEES.items() if guarantee.scope == "offline" and not guarantee.planned}
MIGRATIONS = {id_ for id_ in OFFLINE if id_.startswith("MIG")}
OF_A_SCHEMA = OFFLINE - MIGRATIONS  # what a candidate in SQL is judged by
QUICK = ("--hypothesis-profile", "quick")
UNTOLD = ("--tb=no",)  # tracebacks that nobody reads cost a third of a run that breaks a lot; the evidence is the same
PRODUCTION = ("-m", "live", "--environment", "production", "tests_live")
NOWHERE = {
    "AWS_CONFIG_FILE": "/nowhere",
    "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
    "AWS_EC2_METADATA_DISABLED": "true",
}
NOBODY = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_ENDPOINT_URL": "http://127.0.0.1:1", **NOWHERE}


@dataclass
class Run:
    """What a run of the suite left: exit code, output, evidence (empty if it wrote none)."""

    exit: int
    output: str
    evidence: dict = field(default_factory=dict)
    folder: Path = Path()

    def ids(self, *verdicts: str) -> set[str]:
        """The guarantees with one of these verdicts."""
        return {one["id"] for one in self.evidence["guarantees"] if one["verdict"] in verdicts}

    def why(self) -> str:
        """The first failure of each guarantee, a line each."""
        return "\n".join(
            f"{one['id']} {failure['nodeid'].rpartition('::')[2]}: {failure['observed'].splitlines()[0]}"[:240]
            for one in self.evidence["guarantees"]
            for failure in one["failures"][:1]
        )


def the_line(run: Run, code: int) -> str:
    """The only line of a run that ended early with this code."""
    assert run.exit == code, run.output
    assert not run.evidence
    assert "Traceback" not in run.output
    lines = [line for line in run.output.splitlines() if line.strip()]
    assert len(lines) == 1, run.output
    return lines[0]


def together_or_alone(judge, subject, things) -> None:
    """Judge several things in one run; if they do not add up there, each in a run of its own."""
    try:
        judge(subject, things)
    except AssertionError:
        if len(things) == 1:
            raise
        for thing in things:
            judge(subject, [thing])


@pytest.fixture(scope="session")
def runner():
    """The process that forks a child for each run."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests_suite.mutant_runner"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    yield process
    process.stdin.close()
    process.wait(30)
    process.stdout.close()


def run_in(runner, folder: Path, *arguments: object, environment: dict[str, str] | None = None) -> Run:
    """One run of the suite with these arguments, and evidence, in a child of `runner`."""
    output, evidence = folder / "output.txt", folder / "evidence"
    words = [f"--evidence={evidence}", *map(str, arguments)]
    runner.stdin.write(json.dumps({"arguments": words, "output": str(output), "environment": environment or {}}) + "\n")
    runner.stdin.flush()
    answer = json.loads(runner.stdout.readline())
    file = evidence / "evidence.json"
    found = json.loads(file.read_text()) if file.exists() else {}
    return Run(answer["exit"], output.read_text(errors="replace"), found, evidence)


@pytest.fixture
def suite(runner, tmp_path):
    """Runs the suite with these arguments, with evidence."""
    return partial(run_in, runner, tmp_path)


@pytest.fixture(scope="session")
def whole(runner, tmp_path_factory):
    """A run of the whole specification on the reference, in one process."""
    return run_in(runner, tmp_path_factory.mktemp("whole"), *QUICK)


@pytest.fixture(scope="session")
def kept(whole):
    """The bundle of a whole run that is kept."""
    from tests_suite.bundles import Bundle  # noqa: PLC0415  # for tests of bundles alone

    return Bundle(whole.folder)


@pytest.fixture(scope="session")
def partial_run(runner, tmp_path_factory):
    """The bundle of a run of one file."""
    from tests_suite.bundles import Bundle  # noqa: PLC0415

    file = "tests_schema/test_shape_of_the_schema.py"
    return Bundle(run_in(runner, tmp_path_factory.mktemp("part"), *QUICK, file).folder)


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium; without one the run ends here, in a line."""
    from tests_suite.browser import browser  # noqa: PLC0415  # its driver takes a while to import

    try:
        with browser() as started:
            yield started
    except FileNotFoundError as error:
        pytest.exit(str(error), returncode=4)


@pytest.fixture(scope="session")
def simulation():
    """A simulated AWS account, served over HTTP; moto takes a second to import."""
    from tests_suite.simulated_account import simulated_account  # noqa: PLC0415

    with simulated_account() as simulated:
        yield simulated


@pytest.fixture
def judged(simulation, runner, tmp_path):
    """The verdicts on a compliant account after changes to it."""
    from support.account import record  # noqa: PLC0415  # boto3 takes 0.3 s
    from tests_suite.live_account import read  # noqa: PLC0415

    def judge(*changes, environment="production", read_secrets=True) -> Run:
        simulation.reset()
        stack = simulation.build(environment)
        for change in changes:
            change(simulation, stack)
        account = read(simulation, environment, read_secrets=read_secrets)
        record(account, tmp_path / "account.json")
        return run_in(runner, tmp_path, "-m", "live", "--account-replay", tmp_path / "account.json", "tests_live")

    return judge


@pytest.fixture
def compliant(simulation):
    """The compliant account, as built for one test."""
    simulation.reset()
    return simulation.build("production")


@pytest.fixture
def gate(simulation, compliant):
    """A gate before the compliant account, and the environment that leads a run to it."""
    from tests_suite.aws_gate import gate_before  # noqa: PLC0415

    with gate_before(simulation.endpoint) as (gate, url):
        yield gate, {**simulation.environment(), "AWS_ENDPOINT_URL": url, "AWS_MAX_ATTEMPTS": "2"}


@pytest.fixture(scope="session")
def live():
    """A live database that is the reference."""
    from tests_suite.live_server import live_server  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="amply-live-") as name:  # pytest's own are closed to the server's account
        Path(name).chmod(0o755)
        with live_server(Path(name)) as server:
            yield server
