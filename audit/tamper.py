"""Ways to tamper with a ledger, for tests: each returns the tampered ledger and what an audit has to say of it."""

import random
from collections.abc import Callable, Sequence

from audit.entry import Entry

Tampered = tuple[
    list[Entry], set[str], str
]  # the ledger, kinds that have to be among those found, and the entry concerned


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
    return [*ledger[:place], changed, *ledger[place + 1 :]], {"hash_mismatch"}, changed.id


def change_the_hash(ledger: Sequence[Entry], chance: random.Random) -> Tampered:
    """The hash of one entry."""
    place = chance.randrange(len(ledger))
    changed = ledger[place]._replace(entry_hash=_other(ledger[place].entry_hash, chance))
    return [*ledger[:place], changed, *ledger[place + 1 :]], {"hash_mismatch"}, changed.id


def spoil_the_hash(ledger: Sequence[Entry], chance: random.Random) -> Tampered:
    """A hash that is none."""
    place = chance.randrange(len(ledger))
    changed = ledger[place]._replace(entry_hash=ledger[place].entry_hash.upper())
    return [*ledger[:place], changed, *ledger[place + 1 :]], {"invalid_hash"}, changed.id


def remove(ledger: Sequence[Entry], chance: random.Random) -> Tampered:
    """An entry that another follows; without the last of a chain it is whole all the same."""
    followed = {entry.prev_entry_hash for entry in ledger}
    place = chance.choice([n for n, entry in enumerate(ledger) if entry.entry_hash in followed])
    gone = ledger[place]
    after = next(entry for entry in ledger if entry.prev_entry_hash == gone.entry_hash)
    kinds = {"chain_link_broken"} | ({"no_genesis"} if gone.prev_entry_hash is None else set())
    return [*ledger[:place], *ledger[place + 1 :]], kinds, after.id


def insert(ledger: Sequence[Entry], chance: random.Random) -> Tampered:
    """A well-made entry behind one that another follows already."""
    followed = {entry.prev_entry_hash for entry in ledger}
    behind = chance.choice([entry for entry in ledger if entry.entry_hash in followed])
    made = behind._replace(id="led_inserted", prev_entry_hash=behind.entry_hash, metadata="{}")
    made = made._replace(entry_hash=made.hashed("{}"))
    return [*ledger, made], {"fork"}, ""


def begin_again(ledger: Sequence[Entry], chance: random.Random) -> Tampered:
    """A second first entry."""
    made = chance.choice(ledger)._replace(id="led_inserted", prev_entry_hash=None, metadata="{}")
    made = made._replace(entry_hash=made.hashed("{}"))
    return [*ledger, made], {"second_genesis"}, ""


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
    return [changed.get(entry.id, entry) for entry in ledger], {"hash_mismatch"}, one.id


def move_to_another(ledger: Sequence[Entry], chance: random.Random) -> Tampered:
    """An entry becomes another organisation's."""
    place = chance.randrange(len(ledger))
    changed = ledger[place]._replace(organisation_id="org_thief")
    return [*ledger[:place], changed, *ledger[place + 1 :]], {"hash_mismatch"}, changed.id


def copy(ledger: Sequence[Entry], chance: random.Random) -> Tampered:
    """The same entry twice, under another id."""
    twice = chance.choice(ledger)._replace(id="led_copied")
    return [*ledger, twice], {"hash_mismatch", "duplicate_hash"}, "led_copied"


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
)
