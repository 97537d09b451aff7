"""CHN: random sequences of honest appends, forks, replays and foreign links on two organisations."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from support.chains import UNKNOWN, accept, one_chain, refuse
from support.refusals import undone

# Times out of order and equal on purpose; ids too.
MOMENTS = st.integers(0, 6).map(lambda hours: datetime(2025, 6, 1, tzinfo=UTC) + timedelta(hours=hours))
LETTERS = st.sampled_from("az")
WHICH = st.sampled_from(["left", "right"])


class TwoChains(RuleBasedStateMachine):
    place = None
    founded = 0

    @initialize()
    def found(self):
        self.conn = self.place.session("superuser")
        self.chains = {"left": self.place.found(), "right": self.place.found()}
        self.touched = set()

    def entry(self, which, letter, moment, **changes):
        TwoChains.founded += 1
        organisation = self.chains[which]
        return organisation.next(**{"id": f"led_{letter}{TwoChains.founded}", "created_at": moment, **changes})

    @rule(which=WHICH, letter=LETTERS, moment=MOMENTS)
    def append_honestly(self, which, letter, moment):
        entry = self.entry(which, letter, moment)
        accept(self.conn, entry)
        self.chains[which] = self.chains[which].grown(entry)
        self.touched.add(which)

    @rule(which=WHICH, letter=LETTERS, moment=MOMENTS, data=st.data())
    def fork(self, which, letter, moment, data):
        hashes = [entry.entry_hash for entry in self.chains[which].entries]
        older = data.draw(st.sampled_from([None, *hashes[:-1]] if hashes else [UNKNOWN]), label="link")
        refuse(
            self.conn, self.entry(which, letter, moment, prev_entry_hash=older), what=f"an entry that follows {older}"
        )
        self.touched.add(which)

    @rule(which=WHICH, letter=LETTERS, moment=MOMENTS, data=st.data())
    def replay(self, which, letter, moment, data):
        if entries := self.chains[which].entries:
            old = data.draw(st.sampled_from(entries), label="entry")
            entry = self.entry(which, letter, moment)
            refuse(self.conn, entry.changed(entry_hash=old.entry_hash), what="an entry with the hash of an older one")
            refuse(self.conn, old.changed(id=entry.id), what="the same entry under another id")

    @rule(which=WHICH, letter=LETTERS, moment=MOMENTS)
    def continue_the_other_chain(self, which, letter, moment):
        other = self.chains["right" if which == "left" else "left"]
        if other.head:
            entry = self.entry(which, letter, moment, prev_entry_hash=other.head)
            refuse(self.conn, entry, what="an entry that continues another organisation's chain")

    @rule(which=WHICH, letter=LETTERS, moment=MOMENTS)
    def append_and_roll_back(self, which, letter, moment):
        with undone(self.conn):
            accept(self.conn, self.entry(which, letter, moment))
        self.touched.add(which)

    @invariant()
    def each_organisation_is_one_chain(self):
        for which in getattr(self, "touched", ()):
            one_chain(self.place.admin, self.chains[which])
        self.touched = set()


@pytest.mark.guarantee("CHN-14")
def test_each_organisation_stays_one_chain_under_any_sequence(busy):
    run_state_machine_as_test(type("Sequence", (TwoChains,), {"place": busy}))
