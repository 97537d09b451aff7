"""CON: all processes together, against the server's connections and the alarm."""

import pytest

from spec import APP
from spec.rds import ALARMS, RDS
from support.application import until_only
from support.rds_like import DATABASE

ALARM = int(ALARMS["DatabaseConnections"].threshold)


@pytest.mark.guarantee("CON-07")
def test_all_processes_at_their_fullest_are_served_and_stay_below_the_alarm(application, pristine, processes, subject):
    taken = []
    running = [application.running(DATABASE) for _ in range(processes)]
    for process in running:
        process.ask("fill", most=RDS["pool"]["connections"] + 10)
    for number, process in enumerate(running, 1):
        outcomes = process.answer()
        errors = [outcome["error"] for outcome in outcomes if outcome.get("asked")]  # not the pool's
        assert not errors, f"process {number} of {processes} found no connection: {errors[0]}"
        taken += [outcome["pid"] for outcome in outcomes if "pid" in outcome]
    assert until_only(pristine.admin, {*taken}) == {*taken}, "the server sees other connections than the sessions have"
    assert len(taken) < ALARM, f"{processes} processes take {len(taken)} connections; the alarm goes off at {ALARM}"
    limit = subject.limits.get(APP, len(taken))
    assert limit >= len(taken), f"{APP} may hold {limit} connections at once; {processes} processes take {len(taken)}"
    for who in ("owner", "readonly"):
        if not pristine.lacks(who):
            pristine.login(who)  # raises BrokenError if it does not get in
