"""Many entries at once: their hashes recomputed, their links followed; what is honest costs two microseconds.

An entry whose hash fits its content is passed here, on bytes. Every other one is judged by `audit.entry.checked`, which alone
says what is wrong.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from audit.canonicals import canonicals
from audit.days import counted
from audit.entry import Entry, checked
from audit.findings import Finding
from audit.part import Part

Column = Sequence[bytes | None]


class Batch(NamedTuple):
    """Columns of equal length, as in `audit.entry.Entry`, in UTF-8; None for NULL."""

    id: Column
    created_at: Column
    organisation_id: Column
    type: Column
    amount: Column
    currency: Column
    metadata: Column
    prev_entry_hash: Column
    entry_hash: Column


def examine(batch: Batch, part: Part) -> None:
    """Check the hash of each entry and link it to its chain."""
    odd = set[int]()
    try:
        hashes, fits = _hashes(batch)
        whole = batch
    except TypeError:  # a NULL where none belongs, or metadata that is no JSON: the message cannot be joined
        whole, odd = _filled(batch)
        hashes, fits = _hashes(whole)
    if odd or not fits:
        for place, (found, hash_) in enumerate(zip(whole.entry_hash, hashes, strict=True)):
            if place in odd or found != b"sha256:" + hash_.encode():
                _judge(batch, place, part)
    part.entries += len(hashes)
    _link(whole, part)
    if part.with_volumes:
        _sum(whole, part)
    if part.with_days:
        counted(batch.created_at, batch.amount, part.days)


def _hashes(batch: Batch) -> tuple[list[str], bool]:
    """The hash of each entry, in hexadecimal digits, and whether they are those that the entries have."""
    links: Column = batch.prev_entry_hash
    if None in links:
        links = [b"null" if link is None else link for link in links]
    columns = (*batch[:5], _upper(batch.currency), canonicals(batch.metadata), links)
    hashes = [sha256(message).hexdigest() for message in map(b"|".join, zip(*columns, strict=True))]
    return hashes, ("sha256:" + "|sha256:".join(hashes)).encode() == b"|".join(batch.entry_hash)  # type: ignore[arg-type]


def _filled(batch: Batch) -> tuple[Batch, set[int]]:
    """The batch with something in place of what cannot be hashed, and the places where."""
    odd = {place for column in (*batch[:7], batch.entry_hash) for place, one in enumerate(column) if one is None}
    metadata = [one or b"{}" for one in batch.metadata]
    odd |= {place for place, one in enumerate(canonicals(metadata)) if one is None}
    metadata = [b"{}" if place in odd else one for place, one in enumerate(metadata)]
    columns: list[Column] = [[one or b"" for one in column] for column in batch]
    columns[6], columns[7] = metadata, batch.prev_entry_hash
    return Batch(*columns), odd


def _upper(currencies: Column) -> Column:
    if all(one is not None and one.isascii() and one.isupper() for one in {*currencies}):
        return currencies
    return [one and one.decode(errors="replace").upper().encode() for one in currencies]


def _judge(batch: Batch, place: int, part: Part) -> None:
    """The long way: an entry whose hash does not fit, or that cannot be hashed."""
    row = [column[place] for column in batch]
    texts = [None if one is None else one.decode(errors="backslashreplace") for one in row]
    missing = [
        name for name, one in zip(Batch._fields, texts, strict=True) if one is None and name != "prev_entry_hash"
    ]
    if missing:
        found: Finding | None = Finding(
            texts[2] or "", texts[0] or "", "unreadable", "content that can be hashed", f"NULL in {', '.join(missing)}"
        )
    else:
        found = checked(Entry(*texts))  # type: ignore[arg-type]  # only the link is None
    if found:
        part.findings.add(found)
        part.chain(row[2] or b"").suspect |= found.kind != "json_round_trip"


def _link(batch: Batch, part: Part) -> None:
    known, chain_of = part.chains.get, part.chain
    rows: Any = zip(batch.organisation_id, batch.prev_entry_hash, batch.entry_hash, strict=True)
    if part.cuts:
        for organisation, link, hash_ in rows:
            chain_of(organisation).add(link, hash_)
        return
    for organisation, link, hash_ in rows:
        chain = known(organisation)
        if chain is not None and chain.tail == link:
            chain.tail = hash_
            chain.entries += 1
        else:
            chain_of(organisation).add(link, hash_)


def _sum(batch: Batch, part: Part) -> None:
    volumes = part.volumes
    for key, amount in zip(zip(batch.organisation_id, _upper(batch.currency), strict=True), batch.amount, strict=True):
        try:
            volumes[key] += int(amount or b"")  # type: ignore[index]
        except ValueError:  # no number: what such an entry is worth nobody knows
            continue
