"""TEN: random organisations, rows and contexts; what each session sees equals what a model says."""

import psycopg
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from spec import TENANCY
from support.ledger import Organisation, append, entry_ids
from support.refusals import BrokenError
from support.sowing import add_organisation, varied

# Ids that differ in case, blanks, prefixes and wildcards only, some of which a candidate may refuse.
NAMES = st.sampled_from(["a", "A", "a ", "ab", "a_", "a%", "%", "á", "a'", "null", "0"])
TO_BEGIN = st.sampled_from(["BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ", "BEGIN READ ONLY"])
ENDS = st.sampled_from(["COMMIT", "ROLLBACK"])


class Contexts(RuleBasedStateMachine):
    """The model: the context of the session, and those to go back to, per transaction and savepoint."""

    place = None
    runs = 0

    @initialize()
    def login(self):
        Contexts.runs += 1
        self.conn = self.place.login("app")
        self.rows = {}
        self.session = self.local = None  # what SET and SET LOCAL chose; None: nothing
        self.before = []

    @property
    def context(self):
        return self.session if self.local is None else self.local

    def choose(self, name):
        """An organisation, or a name that no organisation has."""
        return f"org_{Contexts.runs}{name}"[:20]

    @rule(name=NAMES, number=st.integers(0, 12))
    @precondition(lambda self: not self.before)
    def add_an_entry(self, name, number):
        key = self.choose(name)
        try:
            if key not in self.rows:
                add_organisation(self.place.admin, key)
            organisation = self.rows.get(key, Organisation(key))
            entry = organisation.next(**{**varied(number), "created_at": organisation.next().created_at})
            append(self.place.admin, entry)
        except psycopg.Error:
            return  # an id or a content that this candidate refuses: LED-09 says whether it may
        self.rows[key] = organisation.grown(entry)

    @rule(name=NAMES)
    def set_for_the_session(self, name):
        self.conn.execute("SELECT set_config(%s, %s, false)", [TENANCY.setting, self.choose(name)])
        self.session, self.local = self.choose(name), None

    @rule(name=NAMES)
    @precondition(lambda self: self.before)
    def set_for_the_transaction(self, name):
        self.conn.execute("SELECT set_config(%s, %s, true)", [TENANCY.setting, self.choose(name)])
        self.local = self.choose(name)

    @rule(how=st.sampled_from([f"RESET {TENANCY.setting}", "RESET ALL"]))
    def reset(self, how):
        self.conn.execute(how)
        self.session, self.local = "", None

    @rule(how=TO_BEGIN)
    @precondition(lambda self: not self.before)
    def begin(self, how):
        self.conn.execute(how)
        self.before.append((self.session, self.local))

    @rule()
    @precondition(lambda self: self.before)
    def savepoint(self):
        self.conn.execute(f"SAVEPOINT s{len(self.before)}")
        self.before.append((self.session, self.local))

    @rule()
    @precondition(lambda self: len(self.before) > 1)
    def roll_back_to_savepoint(self):
        self.session, self.local = self.before.pop()
        self.conn.execute(f"ROLLBACK TO SAVEPOINT s{len(self.before)}")
        self.conn.execute(f"RELEASE SAVEPOINT s{len(self.before)}")

    @rule(how=ENDS)
    @precondition(lambda self: self.before)
    def end(self, how):
        self.conn.execute(how)
        if how == "ROLLBACK":
            self.session, self.local = self.before[0]
        self.local = None
        self.before.clear()

    @invariant()
    def exactly_the_named_organisations_entries_are_seen(self):
        if not hasattr(self, "conn"):
            return
        expected = self.rows[self.context].entry_ids if self.context in self.rows else set()
        try:
            with self.conn.transaction():
                found = entry_ids(self.conn)
        except psycopg.Error:
            found = set()  # closed to a session that names nothing
        if found != expected:
            raise BrokenError(
                f"with the context {self.context!r}, the session sees {len(found - expected)} foreign entries "
                f"and misses {len(expected - found)} of its own"
            )

    def teardown(self):
        if hasattr(self, "conn"):
            self.conn.close()


@pytest.mark.guarantee("TEN-01")
def test_whatever_the_contexts_a_session_sees_what_it_names(busy):
    if not busy.lacks("app"):
        run_state_machine_as_test(type("Sequence", (Contexts,), {"place": busy}))
