"""Lines of COPY checked as they come: what is honest costs a few microseconds, what is not goes the long way.

An entry whose hash fits its content is passed here, on bytes; every other entry, and every one whose metadata a fast parser
might read differently, is parsed and judged by `audit.entry.checked`, which alone decides what is wrong.
"""

from binascii import hexlify
from collections.abc import Callable, Iterable
from hashlib import sha256

import orjson

from audit.entry import Entry, checked
from audit.findings import Findings
from audit.linker import Chain

STEP = 10_000  # entries between two reports of progress


def follow(
    lines: Iterable[bytes | bytearray | memoryview],
    parse: Callable[[bytes], Entry],
    chains: dict[str, Chain],
    findings: Findings,
    tell: Callable[[int], None],
) -> int:
    """Check each line's hash and link it. Returns how many there were; `tell` is called every 10,000 entries.

    Lines hold id, created_at, organisation_id, type, amount, currency, metadata, prev_entry_hash, entry_hash, separated by
    tabs, and end with a line feed; `parse` reads one without its end.
    """
    loads, dumps, sorted_keys = orjson.loads, orjson.dumps, orjson.OPT_SORT_KEYS
    by_id: dict[bytes, Chain] = {}
    count = 0
    for line in lines:
        count += 1
        if count % STEP == 0:
            tell(count)
        row = bytes(line)
        if b"\\" not in row and b"." not in (metadata := (fields := row.split(b"\t"))[6]):
            id_, moment, organisation, type_, amount, currency, _, link, ended = fields
            try:
                canonical = dumps(loads(metadata), option=sorted_keys)
            except orjson.JSONDecodeError:
                canonical = b"e+"
            if b"e+" not in canonical and moment[10:11] == b" ":
                message = b"|".join(
                    (
                        id_,
                        moment[:10] + b"T" + moment[11:19] + b"Z",
                        organisation,
                        type_,
                        amount,
                        currency.upper(),
                        canonical,
                        link,
                    )
                )
                hash_ = b"sha256:" + hexlify(sha256(message).digest())
                if hash_ == ended[:-1]:
                    chain = by_id.get(organisation)
                    if chain is None:
                        chain = by_id[organisation] = chains[organisation.decode()]
                    chain.add(link, hash_)
                    continue
        entry = parse(row[:-1])
        if found := checked(entry):
            findings.add(found)
        link_ = None if entry.prev_entry_hash is None else entry.prev_entry_hash.encode()
        chains[entry.organisation_id].add(link_, entry.entry_hash.encode())
    return count
