"""MNT: autovacuum works on every table, and keeps up."""

import pytest

from spec.rds import RDS
from support.live_database import bloat, health, in_recovery, oldest_transaction, settings

LIMITS = RDS["vacuum"]


@pytest.mark.guarantee("MNT-04")
def test_autovacuum_works_on_every_table(live):
    for name in ("autovacuum", "track_counts"):
        assert settings(live)[name][0] == "on", f"{name} is off"
    without = [one.table for one in health(live) if not one.autovacuum]
    assert not without, f"autovacuum is switched off for {', '.join(without)}"


@pytest.mark.guarantee("MNT-05")
def test_no_table_is_full_of_dead_tuples(live):
    if in_recovery(live) or settings(live)["track_counts"][0] != "on":
        pytest.skip("the live server does not count dead tuples: it is a standby, or track_counts is off")
    full = [
        f"{one.table} has {one.dead} dead tuples; autovacuum begins at {one.tolerated}, and was "
        f"{f'last there on {one.last:%Y-%m-%d %H:%M} UTC' if one.last else 'never there'}"
        for one in health(live)
        if one.dead > max(LIMITS["dead_tuples_floor"], LIMITS["dead_tuples_factor"] * one.tolerated)
    ]
    assert not full, "; ".join(full)


@pytest.mark.guarantee("MNT-06")
def test_no_table_and_no_index_wastes_its_space(live):
    floor = LIMITS["bloat_floor_mb"] * 2**20
    found = [(name, taken, needed) for name, taken, needed in bloat(live) if taken > floor]  # less is never too much
    bloated = [
        f"{name} takes {taken >> 20} MB for rows of {needed >> 20} MB"
        for name, taken, needed in found
        if needed is not None and taken > LIMITS["bloat_factor"] * needed + floor
    ]
    assert not bloated, "; ".join(bloated)
    unseen = [name for name, _, needed in found if needed is None]
    if unseen:
        pytest.skip(f"the login may not see how wide the rows of {', '.join(unseen)} are: row security, or no SELECT")


@pytest.mark.guarantee("MNT-07")
def test_transaction_ids_do_not_run_out(live):
    age, most = oldest_transaction(live), LIMITS["transaction_age"]
    old = ", ".join(one.table for one in health(live) if one.age > most) or "a table of the catalog"
    assert age <= most, f"the oldest row that is not frozen is {age} transactions old: {old}"
