"""A generated ledger as RDS exports a snapshot: moments and JSON as text, some files."""

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from audit.entry import Entry
from audit.generate_command import RefusedError
from audit.source import SourceError

try:
    import pyarrow as pa
    from pyarrow import parquet
except ImportError:
    raise SourceError("Parquet needs pyarrow: pip install -r requirements-audit.txt") from None

_GROUP, _GROUPS = 65_536, 8  # entries a row group, row groups a file


def table(entries: Sequence[Entry]) -> Any:
    """Entries as a table of Arrow."""
    columns = dict(zip(Entry._fields, zip(*entries, strict=True), strict=True))
    moments = [f"{one[:10]} {one[11:19]}+00" for one in columns["created_at"]]
    changed = {**columns, "created_at": moments, "amount": pa.array(map(int, columns["amount"]), pa.int64())}
    return pa.table({**changed, "prev_entry_hash": pa.array(columns["prev_entry_hash"], pa.string())})


def fill(folder: Path, entries: Iterable[Entry]) -> None:
    """Write the entries below `folder`, which must not be there yet, or be empty. Raises RefusedError, SourceError."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RefusedError(f"{folder} is there already and not empty")
    inside = folder / "amply" / "public.ledger_entries" / "1"
    try:
        inside.mkdir(parents=True)
        left, number = iter(entries), 0
        while some := [*islice(left, _GROUP)]:
            first, name = table(some), f"part-{number:05d}.gz.parquet"
            with parquet.ParquetWriter(inside / name, first.schema, compression="gzip") as writer:
                writer.write_table(first)
                for _ in range(_GROUPS - 1):
                    if some := [*islice(left, _GROUP)]:
                        writer.write_table(table(some))
            number += 1
        (inside / "_SUCCESS").touch()
    except OSError as error:
        raise SourceError(f"{folder} cannot be written: {error.strerror}") from None
