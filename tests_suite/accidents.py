"""A pytest plugin for runs in which something goes wrong: `-p tests_suite.accidents --accident KIND=WHERE`.

WHERE is part of a test's node id, or of a file's name. Kinds: `kill` the worker in the test, `wait=WHERE=FILE` in the test
for ever after writing the process id to FILE, `stop` the server before the test, `skip` the test, `skip-before` its set-up,
`mark` it with an unknown guarantee, `spoil` or `leave-out` the file when it is collected.
"""

import os
import signal
import threading
from pathlib import Path

import pytest


def pytest_addoption(parser):
    parser.addoption("--accident", action="append", default=[], metavar="KIND=WHERE")


def _where(config, kind, nodeid):
    """The rest of the option if this accident happens here, else None."""
    for accident in config.getoption("--accident"):
        name, where, *rest = accident.split("=")
        if name == kind and where in nodeid:
            return rest
    return None


class Spoilt(pytest.Module):
    def collect(self):
        raise RuntimeError("this file cannot be collected")


class LeftOut(pytest.Module):
    def collect(self):
        pytest.skip("this file skips itself", allow_module_level=True)


def pytest_pycollect_makemodule(module_path, parent):
    for kind, made in (("spoil", Spoilt), ("leave-out", LeftOut)):
        if _where(parent.config, kind, module_path.name) is not None:
            return made.from_parent(parent, path=module_path)
    return None


def pytest_itemcollected(item):
    if _where(item.config, "mark", item.nodeid) is not None:
        item.add_marker(pytest.mark.guarantee("LED-99"))


def pytest_runtest_setup(item):
    if _where(item.config, "skip-before", item.nodeid) is not None:
        pytest.skip("skipped before its set-up")
    if _where(item.config, "stop", item.nodeid) is not None:
        from fixtures.server import SUBJECT  # noqa: PLC0415  # pytest rewrites it when it loads it

        lock = Path(item.config.stash[SUBJECT].server.host) / "data" / "postmaster.pid"
        os.kill(int(lock.read_text().splitlines()[0]), signal.SIGQUIT)


def pytest_runtest_call(item):
    if _where(item.config, "skip", item.nodeid) is not None:
        pytest.skip("skipped in its body")
    if _where(item.config, "kill", item.nodeid) is not None and hasattr(item.config, "workerinput"):
        os.kill(os.getpid(), signal.SIGKILL)
    if file := _where(item.config, "wait", item.nodeid):
        partial = Path(f"{file[0]}.{os.getpid()}")
        partial.write_text(str(os.getpid()))
        partial.replace(file[0])
        threading.Event().wait()
