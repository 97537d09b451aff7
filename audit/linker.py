"""Every link followed, in whatever order the entries come, in memory that does not grow with the ledger.

Entries are stitched into open segments of a chain, known by the link that they begin with and the hash that they end with. An
organisation whose entries are one chain ends as one segment, that begins with no link. Of any other the entries are read again.
"""

from dataclasses import dataclass, field

Key = bytes | None  # an entry's hash, or the one that it links to


class Segment:
    """A stretch of a chain: the link of its first entry, and the hash of its last."""

    __slots__ = ("link", "tail")

    def __init__(self, link: Key, tail: bytes) -> None:
        self.link, self.tail = link, tail


@dataclass
class Chain:
    """The open segments of one organisation, by either end; `broken` once two entries claimed one place."""

    starts: dict[Key, Segment] = field(default_factory=dict)
    tails: dict[bytes, Segment] = field(default_factory=dict)
    entries: int = 0
    broken: bool = False

    def add(self, link: Key, hash_: bytes) -> None:
        """Take in an entry."""
        self.entries += 1
        before = self.tails.pop(link, None) if link is not None else None
        if (
            before is not None and hash_ not in self.starts and hash_ not in self.tails
        ):  # in the order they were appended
            before.tail = hash_
            self.tails[hash_] = before
            return
        after = self.starts.pop(hash_, None)
        if before is None and after is None:
            self._keep(Segment(link, hash_))
        elif after is None:
            assert before is not None
            before.tail = hash_
            self._keep_tail(before)
        elif before is None:
            after.link = link
            self._keep_start(after)
        elif before is after:
            self.broken = True  # the chain bites its own tail
        else:
            before.tail = after.tail
            self.tails[after.tail] = before

    def _keep(self, segment: Segment) -> None:
        self._keep_start(segment)
        self._keep_tail(segment)

    def _keep_start(self, segment: Segment) -> None:
        self.broken |= segment.link in self.starts
        self.starts[segment.link] = segment

    def _keep_tail(self, segment: Segment) -> None:
        self.broken |= segment.tail in self.tails
        self.tails[segment.tail] = segment

    @property
    def intact(self) -> bool:
        """Whether all entries are on one chain from one first entry."""
        return not self.broken and self.starts.keys() == {None}

    @property
    def head(self) -> bytes | None:
        """The hash of the last entry on the way from the first; None if there is no first."""
        segment = self.starts.get(None)
        return segment.tail if segment else None
