"""A pytest plugin for runs in which a second server is not what it is to be: `-p tests_suite.disasters --disaster WHAT`.

WHAT is a function below, or `MACHINE: SQL` for what a superuser executes on that server once it is there.
"""

from support import standby
from support.recovery_servers import Site


def pytest_addoption(parser):
    parser.addoption("--disaster", action="append", default=[], metavar="WHAT")


def pytest_configure(config):
    for what in config.getoption("--disaster"):
        machine, _, statement = what.partition(": ")
        if statement:
            once_there(machine, statement)
        else:
            globals()[what]()


def once_there(name, statement):
    """Execute it on a machine when it has started, or been promoted."""
    starting, promoting = Site.start, standby.promote

    def start(site, machine_name, *rest):
        machine = starting(site, machine_name, *rest)
        if machine_name == name and name != "promoted":
            machine.admin.execute(statement)
        return machine

    def promote(pair, machine):
        promoted = promoting(pair, machine)
        if name == "promoted":
            machine.admin.execute(statement)
        return promoted

    Site.start, standby.promote = start, promote


def with_settings(name, **settings):
    starting = Site.start

    def start(site, machine_name, data, given):
        return starting(site, machine_name, data, {**given, **settings} if machine_name == name else given)

    Site.start = start


def the_replica_waits_for_an_hour():
    with_settings("replica", recovery_min_apply_delay="1h")


def the_replica_is_the_primary():
    """The connection string of the replica leads to the primary."""
    following = standby.follower

    def follower(site, primary, name):
        return primary if name == "replica" else following(site, primary, name)

    standby.follower = follower
