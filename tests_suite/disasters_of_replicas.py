"""What befalls a replica, for `--disaster` (tests_suite/disasters.py)."""

import itertools

from support import ledger, standby
from support.ledger import stored
from tests_suite.disasters_of_servers import outside, with_settings


def the_replica_waits_for_an_hour():
    with_settings("replica", recovery_min_apply_delay="1h")


def the_replica_is_the_primary():
    """The connection string of the replica leads to the primary."""
    following = standby.follower

    def follower(site, primary, name):
        return primary if name == "replica" else following(site, primary, name)

    standby.follower = follower


def the_replica_went_its_own_way():
    """It is a copy of the primary that follows nobody, and somebody granted something there."""
    following = standby.follower

    def follower(site, primary, name):
        if name != "replica":
            return following(site, primary, name)
        machine = site.start(name, site.base_backup(primary.server, "copy.data"), {})
        machine.admin.execute("GRANT UPDATE ON public.users TO amply_readonly")
        return machine

    standby.follower = follower


def nobody_sees_the_lag():
    standby.Pair.lag = lambda _: standby.Lag(0, 0.0, "streaming")


def entries_are_there_before_their_commit():
    ledger.append = outside(ledger.append)


def a_read_shows_less_than_the_one_before():
    reading, calls = ledger.entries_of, itertools.count()

    def entries_of(conn, organisation_id):
        found = reading(conn, organisation_id)
        return found[:-1] if conn.info.host.endswith("replica.at") and next(calls) % 2 else found

    ledger.entries_of = entries_of


def nobody_promotes():
    def promote(pair, machine):
        pair.catch_up(machine)
        return standby.Promoted(machine, stored(machine.admin), stored(pair.primary.admin))

    standby.promote = promote
