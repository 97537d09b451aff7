"""A pytest plugin for runs in which a second server is not what it is to be: `-p tests_suite.disasters --disaster WHAT`.

WHAT is a function of tests_suite/disasters_of_*.py, or `MACHINE: SQL` for what a superuser executes on that server once it is
there (`promoted`: once it is promoted).
"""

from tests_suite import disasters_of_recovery, disasters_of_replicas
from tests_suite.disasters_of_servers import once_there

ALL = {**vars(disasters_of_replicas), **vars(disasters_of_recovery)}


def pytest_addoption(parser):
    parser.addoption("--disaster", action="append", default=[], metavar="WHAT")


def pytest_configure(config):
    for what in config.getoption("--disaster"):
        machine, _, statement = what.partition(": ")
        if statement:
            once_there(machine, statement)
        else:
            ALL[what]()
