"""What an audit asks of a place where a ledger lies."""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol, runtime_checkable

from audit.batch import Batch
from audit.classify import Linked
from audit.part import Part

Unit = tuple[str | int | None, ...]  # a part of the source that is read at once; in JSON a list


class SourceError(Exception):
    """The source cannot be examined; the message says in one line why, and what to do."""


class Place(Protocol):
    """Where another process finds the same source. Can be pickled."""

    def open(self) -> "Source":
        """The source there. Raises SourceError."""


class Source(Protocol):
    """Where entries come from, in any order; the same entries each time they are asked for."""

    def estimate(self) -> int:
        """About how many entries there are; 0 if unknown."""

    def fingerprint(self) -> str:
        """By what an audit that was killed knows that it goes on in the same place."""

    def units(self, parts: int, *, small: bool) -> list[Unit]:
        """Parts that hold every entry once: as many as `parts` processes need; `small`, so that one is soon done."""

    def batches(self, unit: Unit) -> Iterator[Batch]:
        """The entries of a unit, or of `("organisation", id)`. Raises SourceError."""

    def links(self, organisations: Sequence[str]) -> Iterator[tuple[str, Linked]]:
        """Every entry of these organisations, for its links."""

    def organisations(self) -> list[str]:
        """Every organisation, with and without entries. Raises SourceError if entries cannot be found by organisation."""

    def present(self, heads: Sequence[tuple[str, str]]) -> set[str]:
        """The organisations that have an entry with this hash. Raises SourceError."""

    def after(self, heads: Sequence[tuple[str, str | None]]) -> Iterator[Batch]:
        """The entries that follow these heads, by organisation; of None, all from the first on. Raises SourceError."""

    def place(self) -> Place:
        """For other processes. Raises SourceError."""

    def close(self) -> None:
        """Let go of it."""


@runtime_checkable
class Distributed(Protocol):
    """A source that examines its entries itself, where they lie."""

    def parts(self, kind: Part) -> Iterator[dict[str, Any]]:
        """What was seen, as `Part.as_dict` gives it; `kind`: an empty part of the kind that is wanted. Raises SourceError."""
