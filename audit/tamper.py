"""Ways to tamper with a ledger, for tests: each returns the tampered ledger and what an audit has to say of it."""

import random
from collections.abc import Callable, Sequence

from audit.canonical import canonical_text
from audit.entry import Entry

Tampered = tuple[
    list[Entry], set[tuple[str, str]]
]  # the ledger; kind and entry of everything that has to be found, no more


def _after(ledger: Sequence[Entry], entry: Entry) -> set[tuple[str, str]]:
    """What is found of the entry that followed one which is gone, or has another hash."""
    return {("chain_link_broken", one.id) for one in ledger if one.prev_entry_hash == entry.entry_hash}


def _other(text: str, chance: random.Random) -> str:
    return text[:-1] + chance.choice([sign for sign in "0123456789abcdef" if sign != text[-1:]])


def change_a_field(ledger: Sequence[Entry], chance: random.Random) -> Tampered:
    """One field of one entry, but not its hash: that alone no longer fits."""
    place = chance.randrange(len(ledger))
    entry, name = ledger[place], chance.choice(["id", "created_at", "type", "amount", "metadata"])
    change = {
        "id": f"{entry.id}x",
        "created_at": f"2031{entry.created_at[4:]}",
        "type": "fee" if entry.type != "fee" else "expense",
        "amount": str(int(entry.amount) + 1),
        "metadata": '{"donor": "somebody else"}',
    }
    changed = entry._replace(**{name: change[name]})
    return [*ledger[:place], changed, *ledger[place + 1 :]], {("hash_mismatch", changed.id)}


def change_the_hash(ledger: Sequence[Entry], chance: random.Random) -> Tampered:
    """The hash of one entry."""
    place = chance.randrange(len(ledger))
    changed = ledger[place]._replace(entry_hash=_other(ledger[place].entry_hash, chance))
    found = {("hash_mismatch", changed.id)} | _after(ledger, ledger[place])
    return [*ledger[:place], changed, *ledger[place + 1 :]], found


def spoil_the_hash(ledger: Sequence[Entry], chance: random.Random) -> Tampered:
    """A hash that is none."""
    place = chance.randrange(len(ledger))
    changed = ledger[place]._replace(entry_hash=ledger[place].entry_hash.upper())
    found = {("invalid_hash", changed.id)} | _after(ledger, ledger[place])
    return [*ledger[:place], changed, *ledger[place + 1 :]], found


def remove(ledger: Sequence[Entry], chance: random.Random) -> Tampered:
    """An entry that another follows; without the last of a chain it is whole all the same."""
    followed = {entry.prev_entry_hash for entry in ledger}
    place = chance.choice([n for n, entry in enumerate(ledger) if entry.entry_hash in followed])
    gone = ledger[place]
    found = _after(ledger, gone) | ({("no_genesis", "")} if gone.prev_entry_hash is None else set())
    return [*ledger[:place], *ledger[place + 1 :]], found


def insert(ledger: Sequence[Entry], chance: random.Random) -> Tampered:
    """A well-made entry behind one that another follows already."""
    followed = {entry.prev_entry_hash for entry in ledger}
    behind = chance.choice([entry for entry in ledger if entry.entry_hash in followed])
    made = behind._replace(id="led_inserted", prev_entry_hash=behind.entry_hash, metadata="{}")
    made = made._replace(entry_hash=made.hashed("{}"))
    return [*ledger, made], {("fork", "led_inserted")}


def begin_again(ledger: Sequence[Entry], chance: random.Random) -> Tampered:
    """A second first entry."""
    made = chance.choice(ledger)._replace(id="led_inserted", prev_entry_hash=None, metadata="{}")
    made = made._replace(entry_hash=made.hashed("{}"))
    return [*ledger, made], {("second_genesis", "led_inserted")}


def swap_contents(ledger: Sequence[Entry], chance: random.Random) -> Tampered:
    """Two entries of one organisation change places: each takes the other's link and hash."""
    one = chance.choice(ledger)
    others = [e for e in ledger if e.organisation_id == one.organisation_id and e.id != one.id]
    if not others:
        return change_the_hash(ledger, chance)
    other = chance.choice(others)
    changed = {
        one.id: one._replace(prev_entry_hash=other.prev_entry_hash, entry_hash=other.entry_hash),
        other.id: other._replace(prev_entry_hash=one.prev_entry_hash, entry_hash=one.entry_hash),
    }
    return [changed.get(entry.id, entry) for entry in ledger], {("hash_mismatch", id_) for id_ in changed}


def move_to_another(ledger: Sequence[Entry], chance: random.Random) -> Tampered:
    """An entry becomes another organisation's, where it is the only one."""
    place = chance.randrange(len(ledger))
    one = ledger[place]
    found = {("hash_mismatch", one.id)} | _after(ledger, one)
    if one.prev_entry_hash is not None:
        found |= {("no_genesis", ""), ("chain_link_broken", one.id)}
    elif _after(ledger, one):
        found |= {("no_genesis", "")}
    return [*ledger[:place], one._replace(organisation_id="org_thief"), *ledger[place + 1 :]], found


def copy(ledger: Sequence[Entry], chance: random.Random) -> Tampered:
    """The same entry twice, under another id."""
    twice = chance.choice(ledger)._replace(id="led_copied")
    rival = "second_genesis" if twice.prev_entry_hash is None else "fork"
    return [*ledger, twice], {(kind, "led_copied") for kind in ("hash_mismatch", "duplicate_hash", rival)}


def write_twice(ledger: Sequence[Entry], chance: random.Random) -> Tampered:
    """The very same entry twice: no primary key stands in the way of a file."""
    one = chance.choice(ledger)
    rival = "second_genesis" if one.prev_entry_hash is None else "fork"
    return [*ledger, one], {("duplicate_hash", one.id), (rival, one.id)}


def leave_the_link_open(ledger: Sequence[Entry], chance: random.Random) -> Tampered:
    """The link of one entry is another's, and the hash made anew: its followers hang in the air."""
    place = chance.choice([n for n, entry in enumerate(ledger) if entry.prev_entry_hash is not None])
    changed = ledger[place]._replace(prev_entry_hash=_other(str(ledger[place].prev_entry_hash), chance))
    changed = changed._replace(entry_hash=changed.hashed(canonical_text(changed.metadata)))
    found = {("chain_link_broken", changed.id)} | _after(ledger, ledger[place])
    return [*ledger[:place], changed, *ledger[place + 1 :]], found


WAYS: tuple[Callable[[Sequence[Entry], random.Random], Tampered], ...] = (
    change_a_field,
    change_the_hash,
    spoil_the_hash,
    remove,
    insert,
    begin_again,
    swap_contents,
    move_to_another,
    copy,
    write_twice,
    leave_the_link_open,
)
