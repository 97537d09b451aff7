"""Every link followed, in whatever order the entries come, in memory that does not grow with the ledger.

Entries are stitched into open segments of a chain, known by the link that they begin with and the hash that they end with. An
organisation whose entries are one chain ends as one segment, that begins with no link. Of any other the entries are read again.

That one segment is left says that all entries stand on one walk of links from one first entry. If each hash is that of its
entry's content, no entry stands there twice: its hash names the one before it, and so on to the first, which has none before.
Of an organisation with an entry whose hash is wrong (`suspect`) the entries are read again whatever is left.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

Key = bytes | None  # an entry's hash, or the one that it links to
_NOWHERE: Final = b""  # no entry's link


class Segment(NamedTuple):
    """A stretch of a chain: the link of its first entry, the hash of its last, and how many there are."""

    link: Key
    tail: bytes
    entries: int


class Chain:
    """The open segments of one organisation, by either end; `broken` once two entries claimed one place.

    The stretch that is being read is kept apart: `tail` is the hash of its last entry. `cut`: the head that an earlier audit
    recorded; no segment goes across it, so that what stands before it can be counted.
    """

    __slots__ = ("_begun", "_link", "broken", "cut", "entries", "starts", "suspect", "tail", "tails")

    def __init__(self, cut: bytes | None = None) -> None:
        self.starts: dict[Key, Segment] = {}
        self.tails: dict[bytes, Segment] = {}
        self.entries, self.broken, self.suspect, self.cut = 0, False, False, cut
        self.tail, self._begun = _NOWHERE, 0
        self._link: Key = None

    def add(self, link: Key, hash_: bytes) -> None:
        """Take in an entry."""
        if self.tail != link or link == self.cut:
            self.close()
            self._link, self._begun = link, self.entries
        self.tail = hash_
        self.entries += 1

    def close(self) -> None:
        """End the stretch that is being read."""
        if self.tail != _NOWHERE:
            tail, self.tail = self.tail, _NOWHERE
            self._join(Segment(self._link, tail, self.entries - self._begun))

    def take(self, segment: Segment) -> None:
        """Take in a stretch that somebody else has read."""
        self.close()
        self.entries += segment.entries
        self._join(segment)

    def _join(self, one: Segment) -> None:
        before = self.tails.pop(one.link, None) if one.link is not None and one.link != self.cut else None
        after = self.starts.pop(one.tail, None) if one.tail != self.cut else None
        if before is not None and before is after:
            self.broken = True  # the chain bites its own tail
            return
        if before is not None:
            one = Segment(before.link, one.tail, before.entries + one.entries)
            self.starts.pop(before.link, None)
        if after is not None:
            one = Segment(one.link, after.tail, one.entries + after.entries)
            self.tails.pop(after.tail, None)
        self.broken |= one.link in self.starts or one.tail in self.tails
        self.starts[one.link] = self.tails[one.tail] = one

    @property
    def segments(self) -> Iterator[Segment]:
        """What is left, in no order."""
        self.close()
        return iter(self.starts.values())

    @property
    def intact(self) -> bool:
        """Whether all entries are on one chain from one first entry."""
        self.close()
        if self.broken or None not in self.starts:
            return False
        return len(self.starts) == 1 or (self.starts.keys() == {None, self.cut} and self.starts[None].tail == self.cut)

    @property
    def head(self) -> bytes | None:
        """The hash of the last entry on the way from the first; None if there is no first."""
        self.close()
        first = self.starts.get(None)
        if first and first.tail == self.cut and self.cut in self.starts:
            return self.starts[self.cut].tail
        return first.tail if first else None

    @property
    def until_cut(self) -> int:
        """How many entries lead from the first to the recorded head; 0 if none do."""
        self.close()
        first = self.starts.get(None)
        return first.entries if first and self.cut is not None and first.tail == self.cut else 0
