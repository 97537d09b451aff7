"""docs/findings.md tells the truth: each of its blocks of SQL is run against both candidates and does what it says."""

import contextlib
import itertools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from spec import GUARANTEES
from support.acquire import acquire
from support.database import clone, drop
from support.interleave import Step
from support.rds_like import DATABASE, create_database
from support.sql_file import split
from support.subject import prepare
from tests_suite.conftest import ROOT

FILE = ROOT / "docs" / "findings.md"
TEXT = FILE.read_text(encoding="utf-8")
CANDIDATES = {"as documented": "as_documented", "reference": "reference"}
COPY_ACCESS = "UPDATE pg_database SET datacl = (SELECT datacl FROM pg_database WHERE datname = %s) WHERE datname = %s"
numbers = itertools.count(1)


@dataclass(frozen=True)
class Example:
    """One block: what it is about, who is logged in, the SQL, and what came out by candidate."""

    name: str
    role: str
    body: str
    outcomes: dict[str, str]

    def steps(self):
        """Pairs of session and statement."""
        parts = re.split(r"^-- session (\d)\n", "-- session 1\n" + self.body, flags=re.MULTILINE)
        for session, text in zip(parts[1::2], parts[2::2], strict=True):
            yield from ((session, statement.text) for statement in split(FILE, text.encode()))


def blocks(kind):
    return [
        text
        for text in re.findall(r"^```sql\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
        if text.startswith(f"-- {kind}")
    ]


def examples():
    for text in [*blocks("counterexample: "), *blocks("limit: ")]:
        name, role = re.match(r"-- \w+: (.+), as (\w+)\n", text).groups()
        outcomes = re.findall(r"^-- (as documented|reference): (.+)$", text, re.MULTILINE)
        assert [candidate for candidate, _ in outcomes] == [*CANDIDATES], f"{name}: what came out?"
        yield Example(name, role, text, dict(outcomes))


EXAMPLES = list(examples())


@pytest.fixture(scope="module")
def disposable():
    lease = acquire("auto")
    yield lease.server
    lease.close()


@pytest.fixture(scope="module", params=CANDIDATES)
def candidate(request, disposable):
    """The name of a candidate, and the server with the candidate and the document's set-up in its database."""
    server = prepare(disposable, [ROOT / "candidates" / CANDIDATES[request.param]], []).server
    [set_up] = blocks("set-up")
    with server.connect(server.superuser, DATABASE) as admin:
        admin.execute(set_up)
    yield request.param, server
    with server.connect(server.superuser, "postgres") as admin:
        for (name,) in admin.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [DATABASE]
        ).fetchall():
            drop(server, name)
        admin.execute("DROP ROLE amply_app, amply_readonly")
        create_database(admin)


def outcome(server, admin, database, example):
    """What the last statement returned, or the SQLSTATE of the first one that was refused."""
    with contextlib.ExitStack() as stack:
        sessions, waiting, answers = {}, {}, []
        for name, text in example.steps():
            if name not in sessions:
                sessions[name] = stack.enter_context(contextlib.closing(server.connect(example.role, database)))
            if name in waiting:
                waiting[name].finish()
                if waiting[name].error:
                    return f"refused, {waiting[name].error.sqlstate}"
                del waiting[name]
            step = Step(sessions[name], lambda conn, text=text: answers.append(conn.execute(text)))
            if not step.settle(admin):
                waiting[name] = step
                stack.callback(step.finish)
            elif step.error:
                return f"refused, {step.error.sqlstate}"
        return str(answers[-1].fetchone()[0])


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.name} as {example.role}")
def test_a_block_does_what_it_says(example, candidate):
    name, server = candidate
    database = f"amply_findings_{next(numbers)}"
    clone(server, DATABASE, database)
    with server.connect(server.superuser, "postgres") as admin:
        admin.execute(COPY_ACCESS, [DATABASE, database])  # a clone does not inherit who may do what on the database
        found = outcome(server, admin, database, example)
    assert found == example.outcomes[name]


def test_the_counterexamples_are_those_of_the_declared_deviations():
    declared = tomllib.loads((ROOT / "candidates" / "as_documented" / "deviations.toml").read_text(encoding="utf-8"))
    found = [example.name for example in EXAMPLES if example.name in GUARANTEES]
    assert list(dict.fromkeys(found)) == list(declared)


def test_every_counterexample_stands_below_its_sentence():
    for id_, sentence in re.findall(r"^### ([A-Z]{3}-\d{2})\n> (.+)$", TEXT, re.MULTILINE):
        assert sentence == GUARANTEES[id_].says
    assert set(re.findall(r"^### ([A-Z]{3}-\d{2})$", TEXT, re.MULTILINE)) == {
        e.name for e in EXAMPLES if e.name in GUARANTEES
    }


def test_every_file_that_is_named_is_there():
    named = set(re.findall(r"`((?:candidates|spec|audit|tests_suite|variants)/[\w./]+)`", TEXT))
    assert [name for name in named if not (ROOT / Path(name)).exists()] == []
