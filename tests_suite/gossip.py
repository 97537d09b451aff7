"""A pytest plugin for runs that know too much: `-p tests_suite.gossip`. What stands in $GOSSIP is said wherever text is made.

$GOSSIP is JSON: {"secrets": [...], "internal": part of a node id at which a plugin crashes, or ""}. The passwords of the
disposable server are said too, and written to $GOSSIP_NOTES for whoever looks for them.
"""

import html
import json
import os
import sys
import warnings
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

KNOWN = json.loads(os.environ.get("GOSSIP", "{}"))


def _everything(config):
    from fixtures.server import SUBJECT  # noqa: PLC0415  # pytest rewrites it when it loads it

    subject = config.stash.get(SUBJECT, None)
    own = [*subject.server.passwords.values()] if subject else []
    if own and not hasattr(config, "workerinput"):
        Path(os.environ["GOSSIP_NOTES"]).write_text(json.dumps(own))
    return [*KNOWN.get("secrets", []), *own]


def _said(config):
    lines = [(one, quote(one, safe=""), json.dumps(one), html.escape(one), repr(one)) for one in _everything(config)]
    return "\n".join(" ".join(line) for line in lines)


class Talkative(psycopg.errors.RaiseException):
    pass


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session):
    _everything(session.config)


def pytest_pycollect_makeitem(collector, name):
    if "test_rules_on_entries" in collector.nodeid and name.startswith("test_"):
        raise RuntimeError(f"not collected: {_said(collector.config)}")


def pytest_runtest_setup(item):
    if "nine_tables" in item.nodeid:
        print(_said(item.config))
        print(_said(item.config), file=sys.stderr)


def pytest_runtest_logstart(nodeid, location):
    if KNOWN.get("internal") and KNOWN["internal"] in nodeid:
        raise RuntimeError(f"a plugin crashes: {KNOWN['secrets']}")


def pytest_runtest_call(item):
    said, nodeid = _said(item.config), item.nodeid
    if "nine_tables" in nodeid:
        secrets = _everything(item.config)
        assert secrets == [], f"an assertion that says too much: {said}"
    if "the_owner" in nodeid:
        raise RuntimeError(f"a driver that quotes: {said}")
    if "test_a_truncate_is_refused" in nodeid:
        raise Talkative(f"a server that quotes: {said}")
    if "set_role" in nodeid:
        pytest.skip(f"skipped: {said}")
    if "shape" in nodeid:
        warnings.warn(f"a warning: {said}", DeprecationWarning, stacklevel=1)
