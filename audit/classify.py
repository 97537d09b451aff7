"""What is wrong with the links of an organisation whose entries are not one chain."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from audit.entry import Link
from audit.findings import Finding, Kind


class Linked(NamedTuple):
    """An entry's id, its link and its hash."""

    id: str
    link: Link
    hash: str


def classified(organisation_id: str, entries: Iterable[Linked]) -> Iterator[Finding]:
    """A finding for each entry that breaks the chain; what merely follows such an entry is not named.

    Of several entries in one place the one with the longest chain behind it is taken for the honest one.
    """
    ordered = sorted(entries, key=lambda one: (one.id, one.hash, one.link or ""))
    following: dict[Link, list[Linked]] = defaultdict(list)
    by_hash: dict[str, list[Linked]] = defaultdict(list)
    for one in ordered:
        following[one.link].append(one)
        by_hash[one.hash].append(one)
    behind = _behind(ordered, following)

    def found(kind: Kind, one: Linked, expected: str = "") -> Finding:
        return Finding(organisation_id, one.id, kind, expected, one.link or "null")

    if ordered and None not in following:
        yield Finding(organisation_id, "", "no_genesis", "an entry without a link", "none")
    for same in by_hash.values():
        for one in same[1:]:
            expected = f"a hash other than that of {same[0].id}"
            yield Finding(organisation_id, one.id, "duplicate_hash", expected, one.hash)
    for link, rivals in following.items():
        first, *others = sorted(rivals, key=lambda one: -behind[one])
        for other in others:
            yield found("second_genesis" if link is None else "fork", other, f"one successor, which is {first.id}")
        if link is not None and link not in by_hash:
            yield found("chain_link_broken", first, "the hash of an entry of the organisation")
    for one in ordered:
        if behind[one] == _ENDLESS:
            yield found("orphan", one, "a way of links to the first entry")


def entries_until(head: str, entries: Iterable[Linked]) -> int:
    """How many entries there are from a first one to that with this hash, whatever else is broken; 0 if none lead there."""
    links = {one.hash: one.link for one in entries}
    count, at = 0, head
    while at in links and count <= len(links):
        count, link = count + 1, links[at]
        if link is None:
            return count
        at = link
    return 0


_ENDLESS = -1  # on a circle, or before one: nothing leads there from a first entry


def _behind(ordered: list[Linked], following: dict[Link, list[Linked]]) -> dict[Linked, int]:
    """How many entries follow each, along its longest branch; _ENDLESS for those that no beginning leads to."""
    known = {one.hash for one in ordered}
    reached = {one for one in ordered if one.link is None or one.link not in known}
    depth, entered = dict[str, int](), set[str]()
    stack = [(one.hash, False) for one in ordered if one in reached]
    while stack:
        hash_, after = stack.pop()
        successors = following.get(hash_, ())
        if after:  # those that follow are done, but for those that we are on the way from: a circle
            depth[hash_] = max((1 + depth.get(one.hash, -1) for one in successors), default=0)
        elif hash_ not in entered:
            entered.add(hash_)
            reached.update(successors)
            stack.append((hash_, True))
            stack.extend((one.hash, False) for one in successors)
    return {one: depth[one.hash] if one in reached else _ENDLESS for one in ordered}
