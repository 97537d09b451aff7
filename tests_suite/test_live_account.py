"""The account: a compliant one is kept, every single defect is blamed on its guarantee, harmless variations on none."""

import pytest

from tests_suite import account_changes as c
from tests_suite import account_mutants, account_mutants_around
from tests_suite.account_mutants_of_several import SEVERAL
from tests_suite.account_variations import VARIATIONS
from tests_suite.conftest import together_or_alone
from tests_suite.live_account import IN_THE_ACCOUNT, OVER_SQL, read

MUTANTS = {**account_mutants.MUTANTS, **account_mutants_around.MUTANTS}
TOGETHER = 8
VARIED = [*VARIATIONS]


def groups():
    """Defects of different areas, judged in one run; what does not add up is judged one by one."""
    made: list[list[tuple[str, str]]] = []
    for id_, what in ((id_, what) for id_, defects in MUTANTS.items() for what in defects):
        for group in made:
            if len(group) < TOGETHER and id_[:3] not in {other[:3] for other, _ in group}:
                group.append((id_, what))
                break
        else:
            made.append([(id_, what)])
    return made


def breaks_exactly(judged, defects):
    run = judged(*(MUTANTS[id_][what] for id_, what in defects))
    assert run.ids("broken", "error") == {id_ for id_, _ in defects}, run.why()
    assert run.exit == 1


def breaks_nothing(judged, names):
    run = judged(*(VARIATIONS[name] for name in names))
    assert run.ids("kept") == IN_THE_ACCOUNT, run.why()


@pytest.mark.parametrize("defects", groups(), ids=lambda group: "+".join(f"{id_} {what}" for id_, what in group))
def test_defects_break_the_guarantees_that_they_are_about(defects, judged):
    together_or_alone(breaks_exactly, judged, defects)


@pytest.mark.parametrize("names", [VARIED[start::TOGETHER] for start in range(TOGETHER)], ids="+".join)
def test_harmless_variations_break_nothing(names, judged):
    together_or_alone(breaks_nothing, judged, names)


@pytest.mark.parametrize("what", SEVERAL)
def test_what_hides_something_else_leaves_it_unchecked(what, judged):
    change, broken, hidden = SEVERAL[what]
    run = judged(change)
    assert run.ids("broken", "error") == broken, run.why()
    assert run.ids("not-checked") - OVER_SQL == hidden, run.why()
    assert all(one["note"] for one in run.evidence["guarantees"] if one["verdict"] == "not-checked")


def test_every_guarantee_about_the_account_has_a_mutant():
    assert {*MUTANTS, "SEC-06"} == IN_THE_ACCOUNT | {"MNT-04"}  # which the database has a say in as well


def test_staging_is_kept_like_production(simulation, judged):
    run = judged(lambda _sim, _s: None, environment="staging")
    assert run.ids("kept") == IN_THE_ACCOUNT, run.why()
    assert run.evidence["environment"]["instance"] == "amply-staging"


def test_what_mends_it_names_the_instance_in_the_evidence_as_on_the_terminal(judged):
    run = judged(c.field("i", multi_az=False), c.alarm(c.CPU, threshold=90.0), environment="staging")
    found = {one["id"]: one["failures"][0]["remedy"] for one in run.evidence["guarantees"] if one["failures"]}
    assert found.keys() == {"RDS-05", "MON-02"}
    for remedy in found.values():
        assert "amply-staging" in remedy
        assert "<instance>" not in remedy
        assert f"  mend      {remedy}\n" in run.output


def test_without_secrets_read_their_contents_are_not_checked(simulation, judged):
    run = judged(lambda _sim, _s: None, read_secrets=False)
    assert run.ids("not-checked") - OVER_SQL == {"SEC-08", "SEC-09", "SEC-10"}
    assert run.evidence["verdict"] == "incomplete"
    assert not any(call.endswith("GetSecretValue") for call in read(simulation, read_secrets=False).calls)
