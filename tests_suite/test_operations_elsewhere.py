"""A server that is not started here has no second one beside it: that is said, and is no pass."""

# ruff: noqa: F811  # fixtures are imported
from spec import GUARANTEES
from tests_suite.conftest import ROOT
from tests_suite.external_servers import _external_server, external  # noqa: F401

FILES = [
    path for part in ("replica", "recovery", "crash") for path in (ROOT / "tests_operations").glob(f"test_{part}_*.py")
]
PROVED = {
    id_
    for id_, one in GUARANTEES.items()
    if id_.startswith(("REP", "REC")) and one.scope == "operations" and not one.planned
}


def test_replica_and_recovery_are_not_checked_on_a_server_behind_a_url(external, suite):
    run = suite("-m", "operations", "--server", external.url, *FILES)
    assert run.ids("not-checked") >= PROVED, run.why()
    assert "which --server url does not allow" in run.output
    assert run.exit == 1
    assert external.server.passwords["postgres"] not in run.output
