"""CON: a connection that died, or grew old, in the pool is replaced before the application meets it."""

import pytest

from spec.rds import RDS
from support.application import end, until_gone, until_only

KEPT = RDS["pool"]["kept"]
HOUR, MARGIN = 3600, 10
ONE = "SELECT 1"


def served(outcomes):
    errors = [" ".join(outcome["error"]) for outcome in outcomes if "error" in outcome]
    assert not errors, f"the application met a dead connection: {errors[0]}"
    return {outcome["pid"] for outcome in outcomes if "pid" in outcome}


@pytest.mark.guarantee("CON-02")
def test_a_connection_that_the_server_ended_is_replaced(application, private):
    process = application.running(private.name)
    died = process.do("look", sql=ONE)["pid"]
    end(private.admin, {died})
    again = served(process.do("open", number=1))
    assert until_only(private.admin, again) == again


@pytest.mark.guarantee("CON-02")
def test_every_pooled_connection_that_the_server_ended_is_replaced(application, private):
    process = application.running(private.name)
    died = served(process.do("open", number=KEPT))
    process.do("close")
    end(private.admin, died)
    again = served(process.do("open", number=KEPT))
    assert len(again) == KEPT
    assert until_only(private.admin, again) == again


@pytest.mark.guarantee("CON-02")
def test_connections_are_replaced_after_a_restart_of_the_server(application, restartable):
    process = application.running(restartable.database, restartable.server.port)
    before = served(process.do("open", number=KEPT))
    process.do("close")
    restartable.restart()
    assert len(served(process.do("open", number=KEPT)) - before) >= 1


@pytest.mark.guarantee("CON-03")
def test_a_connection_older_than_an_hour_is_replaced_at_its_next_use(application, private):
    process = application.running(private.name)
    old = process.do("look", sql=ONE)["pid"]
    process.do("forward", seconds=HOUR + MARGIN)
    assert process.do("look", sql=ONE)["pid"] != old, "an hour later the same connection was used again"
    assert until_gone(private.admin, {old}) == set(), "the old connection is still open"


@pytest.mark.guarantee("CON-03")
def test_connections_that_are_used_all_the_time_are_replaced_too(application, private):
    process = application.running(private.name)
    old = served(process.do("open", number=KEPT))
    for _ in range(4):
        process.do("close")
        process.do("forward", seconds=(HOUR + MARGIN) // 4 + 1)
        last = served(process.do("open", number=KEPT))
    assert last & old == set(), f"{len(last & old)} of {KEPT} connections are older than an hour"
