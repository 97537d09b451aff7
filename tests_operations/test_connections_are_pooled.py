"""CON: ten connections that stay, twenty more when they are needed, and a queue for whoever comes after."""

import pytest

from spec.rds import RDS
from support.application import until_only

KEPT, MOST = RDS["pool"]["kept"], RDS["pool"]["connections"]
HOUR = 3600


def pids(outcomes):
    return {outcome["pid"] for outcome in outcomes if "pid" in outcome}


@pytest.fixture
def full(application, private):
    """A process that has been asked for one session after the other, until one was not served."""
    process = application.running(private.name)
    process.outcomes = process.do("fill", most=MOST + 10)
    return process


@pytest.mark.guarantee("CON-01")
def test_a_process_opens_thirty_connections_and_no_more(full, private):
    served = pids(full.outcomes)
    assert len(served) == MOST, (
        f"{len(served)} sessions had a connection at the same time, the next: {full.outcomes[-1]}"
    )
    assert until_only(private.admin, served) == served, "the server sees other connections than the sessions have"


@pytest.mark.guarantee("CON-01")
def test_a_process_keeps_ten_of_them(application, private):
    process = application.running(private.name)
    served = pids(process.do("fill", most=MOST))
    process.do("close")
    again = [outcome.get("pid") for outcome in process.do("open", number=KEPT + 1)]
    assert set(again[:KEPT]) <= served, f"of {KEPT} sessions after a peak, some had to open a connection anew"
    assert len({*again[:KEPT]}) == KEPT
    assert again[KEPT] not in served, f"session {KEPT + 1} after a peak had a connection that was kept"
    assert until_only(private.admin, {*again}) == {*again}, "the server sees other connections than the sessions have"


@pytest.mark.guarantee("CON-08")
def test_whoever_finds_all_connections_taken_gets_the_first_that_is_given_back(full):
    assert full.outcomes[-1] == {"waits": True}, f"session {len(full.outcomes)} did not wait: {full.outcomes[-1]}"
    given_back = full.outcomes[0]["pid"]
    full.do("close", pids=[given_back])
    assert full.do("waited") == {"pid": given_back}


@pytest.mark.guarantee("CON-08")
def test_whoever_waits_in_vain_is_told(full):
    assert full.outcomes[-1] == {"waits": True}, f"session {len(full.outcomes)} did not wait: {full.outcomes[-1]}"
    full.do("forward", seconds=HOUR)
    outcome = full.do("waited")
    assert "error" in outcome, f"an hour later it still waits: {outcome}"
    assert sum(letter.isalpha() for letter in outcome["error"][1]) >= 12, f"it is told nothing: {outcome['error']}"
    first = full.outcomes[0]["pid"]
    full.do("close", pids=[first])
    assert pids(full.do("open", number=1)) != set(), "afterwards a connection that is given back serves nobody"
