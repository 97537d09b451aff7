"""Every guarantee about connections can fail, for its own reason; engines that are written differently raise nothing.

Several defects stand in one engine, and must break together what they break; if they do not add up, each is judged by itself.
"""

import itertools

import pytest

from spec import GUARANTEES
from tests_suite.conftest import QUICK, ROOT, UNTOLD, together_or_alone
from tests_suite.operations_engines import MUTANTS, VARIANTS

FILES = sorted((ROOT / "tests_operations").glob("test_connections_*.py"))
BUDGET = ROOT / "tests_operations" / "test_connections_stay_in_budget.py"  # 150 connections: where they matter
CONNECTIONS = {id_ for id_ in GUARANTEES if id_.startswith("CON")}
ENGINE = "tests_suite.operations_engines"
# In one engine each: no two of a group break the same, or hide each other.
MUTANTS_TOGETHER = (
    ("nine are kept", "no look at a pooled connection", "no recycling", "objects expire", "TLS is not asked for"),
    ("eleven are kept", "recycled after two hours", "the documented SET", "TLS if the server likes"),
    ("one more is opened", "an organisation for the session", "whoever waits waits for a day"),
    (
        "one fewer is opened",
        "an organisation is said once per connection",
        "nobody waits",
        "sslmode as it is documented",
    ),
    ("the defaults of the library", "a SET that is committed at once", "TLS if the server insists"),
    ("as many as it likes",),
    ("no pool",),
    ("a pool that fills the server",),
)
VARIANTS_TOGETHER = (
    ("async_sessionmaker", "the pool is named", "last in, first out", "TLS by connect_args", "SET LOCAL"),
    ("recycled twice an hour", "told after five seconds", "TLS by a context", "a SET that is taken back"),
    ("a function of ours", "the certificate is verified", "statements are not kept"),
)


@pytest.fixture
def judged(suite):
    """The run over the engine with these changes."""

    def judge(names, files):
        words = (
            "-m",
            "operations",
            "--engine",
            f"{ENGINE}:make",
            "--engine-context",
            f"{ENGINE}:work_for",
            *QUICK,
            *UNTOLD,
        )
        run = suite(*words, *files, environment={"AMPLY_TEST_ENGINE": "|".join(names)})
        assert run.evidence, run.output[-3000:]
        return run

    return judge


def breaks_exactly(judged, names):
    ids = set().union(*(MUTANTS[name][0] for name in names))
    run = judged(names, [file for file in FILES if file != BUDGET or "CON-07" in ids])
    assert run.ids("broken", "error") == ids, run.why()
    assert run.ids("kept") == CONNECTIONS - ids - {"CON-07"}, run.why()


def breaks_nothing(judged, names):
    run = judged(names, FILES)
    assert run.ids("kept") == CONNECTIONS, run.why()


@pytest.mark.parametrize("names", MUTANTS_TOGETHER, ids=" + ".join)
def test_it_is_noticed_that(names, judged):
    together_or_alone(breaks_exactly, judged, names)


@pytest.mark.parametrize("names", VARIANTS_TOGETHER, ids=" + ".join)
def test_nothing_is_said_of(names, judged):
    together_or_alone(breaks_nothing, judged, names)


def test_every_change_is_in_a_group_and_every_guarantee_about_connections_is_broken_alone_by_one():
    for changes, groups in ((MUTANTS, MUTANTS_TOGETHER), (VARIANTS, VARIANTS_TOGETHER)):
        assert sorted(itertools.chain(*groups)) == sorted(changes)
    alone = {id_ for ids, _ in MUTANTS.values() if len(ids) == 1 for id_ in ids}
    assert CONNECTIONS - alone == {"CON-07"}  # broken alone by processes and limits: test_operations_schemas.py
