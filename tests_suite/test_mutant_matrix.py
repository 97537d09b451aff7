"""`make mutants`: what it says of mutants that do not do what they say, and of tests that nothing fails."""

from tools.mutant_matrix import Matrix, Mutant, mutants


def evidence(**verdicts):
    """Two guarantees, each shown by a test of its own, with these verdicts."""
    outcomes = {"kept": "passed", "broken": "failed", "error": "error"}
    guarantees = [
        {"id": id_, "verdict": verdict, "tests": [{"nodeid": f"test_{id_}", "outcome": outcomes[verdict]}]}
        for id_, verdict in verdicts.items()
    ]
    return {"guarantees": guarantees}


def test_a_mutant_that_does_what_it_says_is_in_the_matrix_only():
    matrix = Matrix()
    matrix.add(Mutant("one", (), frozenset({"A"})), evidence(A="broken", B="kept"))
    assert (dict(matrix.breaks), matrix.wrong) == ({"A": ["one"]}, {})
    assert matrix.never() == ["test_B"]


def test_a_test_is_failed_by_any_mutant():
    matrix = Matrix()
    matrix.add(Mutant("one", (), frozenset({"A"})), evidence(A="broken", B="kept"))
    matrix.add(Mutant("two", (), frozenset({"B"})), evidence(A="kept", B="broken"))
    assert matrix.never() == []


def test_a_mutant_that_breaks_something_else_or_nothing_or_ends_in_an_error_is_named():
    matrix = Matrix()
    matrix.add(Mutant("other", (), frozenset({"A"})), evidence(A="kept", B="broken"))
    matrix.add(Mutant("nothing", (), frozenset({"A"})), {})
    matrix.add(Mutant("error", (), frozenset({"A"})), evidence(A="broken", B="error"))
    assert matrix.wrong == {
        "other": "says it breaks A, and breaks B",
        "nothing": "says it breaks A, and breaks nothing",
        "error": "says it breaks A, and breaks A B",
    }


def test_the_documents_own_ddl_is_a_mutant_that_breaks_what_it_declares():
    first = mutants()[0]
    assert first.name == "as_documented"
    assert {"LED-03", "CHN-06", "TEN-08", "GRT-11"} <= first.breaks
