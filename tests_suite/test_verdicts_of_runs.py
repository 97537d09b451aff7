"""The verdict and the evidence are right however a run is made, and whatever happens to it."""

import pytest

from spec import GUARANTEES
from tests_suite.conftest import OF_A_SCHEMA, QUICK, UNTOLD
from tests_suite.homes import ONE_FILE

ISOLATED = "tests_security/test_organisations_are_isolated.py"


def accident(kind):
    return ("-p", "tests_suite.accidents", "--accident", kind)


def outcomes(run):
    """What each test showed of each guarantee."""
    return {(one["id"], test["nodeid"]): test["outcome"] for one in run.evidence["guarantees"] for test in one["tests"]}


def verdict_line(run):
    return next(line for line in run.output.splitlines() if line.startswith("verdict: "))


def test_the_whole_specification_on_the_reference_is_kept(whole):
    assert (whole.exit, whole.evidence["verdict"]) == (0, "kept"), whole.output
    assert whole.ids("kept") == OF_A_SCHEMA
    assert set(outcomes(whole).values()) == {"passed"}


def test_workers_see_what_one_process_sees(whole, suite):
    run = suite("-n2", *QUICK)
    assert (run.exit, run.evidence["verdict"]) == (0, "kept"), run.output
    assert outcomes(run) == outcomes(whole)
    assert run.evidence["totals"] == whole.evidence["totals"]


def test_a_worker_that_is_killed_leaves_its_test_in_error_and_the_others_as_they_are(whole, suite):
    run = suite("-n2", *accident("kill=the_nine_tables"), *QUICK)
    assert (run.exit, run.evidence["verdict"]) == (1, "broken"), run.output
    assert run.ids("error") == {"SHP-01"}
    assert run.ids("kept") == OF_A_SCHEMA - {"SHP-01"}
    crashed = ("SHP-01", f"{ONE_FILE}::test_the_nine_tables_exist")
    assert outcomes(run) == {**outcomes(whole), crashed: "error"}
    assert "crashed while running" in run.why()


def test_the_last_worker_that_is_killed_leaves_the_rest_unchecked(suite):
    run = suite("-n1", "--max-worker-restart=0", *accident("kill=a_column_has"), ONE_FILE)
    assert (run.exit, run.evidence["verdict"]) == (1, "incomplete"), run.output
    assert run.ids("error") == {"SHP-02"}
    assert run.ids("kept") == {"SHP-01"}


@pytest.mark.parametrize("workers", [[], ["-n2"]], ids=["", "workers"])
def test_stopping_at_the_first_failure_is_incomplete_and_no_interruption(workers, suite):
    run = suite("-x", "--patch=mutants/chn_no_check.sql", *workers, *QUICK)
    assert (run.exit, run.evidence["verdict"]) == (1, "incomplete"), run.output
    assert "CHN-14" in run.ids("broken")
    assert run.ids("not-checked")


@pytest.mark.parametrize(
    ("arguments", "kept", "tests"),
    [
        (["-k", "the_nine_tables or test_nothing_is_owned_by"], {"SHP-01", "ROL-03"}, 3),
        (["--deselect", f"{ONE_FILE}::test_a_column_has_the_documented_type[id]", ONE_FILE], {"SHP-01", "SHP-09"}, 19),
        ([ONE_FILE], {"SHP-01", "SHP-02", "SHP-09"}, 20),
        ([f"{ONE_FILE}::test_the_nine_tables_exist"], {"SHP-01"}, 1),
        ([f"{ONE_FILE}::test_a_column_has_the_documented_type[id]"], set(), 1),
        ([f"{ONE_FILE}::test_a_column_has_the_documented_type"], set(), 10),
        ([ISOLATED], {"TEN-07", "TEN-08"}, None),
    ],
    ids=["-k", "--deselect", "file", "test", "parameter", "function", "half-of-two-files"],
)
def test_a_selection_exits_by_pytests_rules_and_reads_incomplete(arguments, kept, tests, suite):
    run = suite(*arguments)
    assert (run.exit, run.evidence["verdict"]) == (0, "incomplete"), run.output
    assert run.ids("not-checked") == OF_A_SCHEMA - run.ids("kept")
    assert verdict_line(run).startswith("verdict: incomplete (offline: ")
    if tests is None:
        assert kept <= run.ids("kept")
        assert not {"TEN-01", "TEN-04"} & run.ids("kept")  # shown in another file too
    else:
        assert run.ids("kept") == kept
        assert len(outcomes(run)) == tests


def test_a_selection_without_tests_exits_by_pytests_rules_too(suite):
    run = suite("-k", "nothing_is_called_so")
    assert (run.exit, run.evidence["verdict"]) == (5, "incomplete"), run.output


def test_a_file_that_cannot_be_collected_fails_the_run(suite):
    run = suite(*accident(f"spoil={ISOLATED.rpartition('/')[2]}"), *QUICK)
    assert (run.exit, run.evidence["verdict"]) == (1, "incomplete"), run.output
    assert run.ids("not-checked") == OF_A_SCHEMA


@pytest.mark.parametrize("kind", ["spoil", "leave-out"])
def test_guarantees_with_a_test_in_a_file_that_is_not_there_are_not_checked(kind, suite):
    arguments = (*accident(f"{kind}={ISOLATED.rpartition('/')[2]}"), "--continue-on-collection-errors", *QUICK)
    run = suite(*arguments, "--ignore-glob=*tests_schema/*")
    assert (run.exit, run.evidence["verdict"]) == (1, "incomplete"), run.output
    assert {"TEN-01", "TEN-04", "TEN-07"} <= run.ids("not-checked")
    assert {"GRT-01", "ROL-01", "TEN-02"} <= run.ids("kept")


@pytest.mark.parametrize("kind", ["skip", "skip-before"])
def test_a_guarantee_with_a_skipped_test_is_not_checked(kind, suite):
    run = suite(*accident(f"{kind}=documented_type[id]"), ONE_FILE)
    assert run.ids("kept") == {"SHP-01", "SHP-09"}, run.output
    assert "SHP-02" in run.ids("not-checked")


def test_a_server_that_dies_leaves_evidence_of_errors(suite):
    run = suite(*accident("stop=test_an_amount_beyond"), ONE_FILE)
    assert (run.exit, run.evidence["verdict"]) == (1, "incomplete"), run.output
    assert run.ids("error") == {"SHP-02", "SHP-09"}
    assert run.ids("broken") == set()
    assert run.ids("kept") == {"SHP-01"}


@pytest.mark.parametrize("table", ["organisations", "funds", "ledger_entries"])
def test_a_table_that_is_missing_is_named_as_the_reason(table, suite, tmp_path):
    (tmp_path / "without.sql").write_text(f"DROP TABLE {table} CASCADE;")
    run = suite("--patch", tmp_path / "without.sql", "tests_schema", "tests_security", *QUICK)
    assert run.exit == 1, run.output
    assert "SHP-01" in run.ids("broken")
    assert not run.ids("error"), run.why()
    observed = {failure["observed"] for one in run.evidence["guarantees"] for failure in one["failures"]}
    assert not [text for text in observed if "syntax error" in text], observed


def test_an_earlier_runs_evidence_does_not_survive_a_run_that_cannot_start(suite, tmp_path):
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "evidence.json").write_text('{"verdict": "kept"}')
    run = suite("--schema=no/such/file")
    assert (run.exit, run.evidence) == (11, {})


def test_core_is_kept_by_the_schema_as_documented_without_any_deviation(suite):
    run = suite("--schema=candidates/as_documented", "--require=core", "--deviations=/dev/null", *QUICK, *UNTOLD)
    assert (run.exit, run.evidence["verdict"], run.evidence["require"]) == (0, "kept", "core"), run.why()
    assert {GUARANTEES[one].level for one in run.ids("broken")} == {"hardening"}


def test_a_scope_with_nothing_to_run_is_never_a_pass(suite):  # live: test_live_runs.py
    run = suite("-m", "operations", "--ignore-glob=*")
    assert (run.exit, run.evidence["verdict"], run.evidence["scope"]) == (1, "incomplete", "operations"), run.output
    assert run.ids("kept", "deviates") == set()
    assert verdict_line(run).startswith("verdict: incomplete (operations: ")


@pytest.mark.parametrize("question", [["--collect-only"], ["-m", "live", "--collect-only"], ["--fixtures"]])
def test_a_question_to_pytest_is_not_judged(question, suite):
    run = suite("-q", *question)
    assert "verdict" not in run.output.splitlines()[-2:]
    assert "Traceback" not in run.output
    assert not run.evidence
