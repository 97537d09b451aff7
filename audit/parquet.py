"""A ledger in Parquet: an RDS export of a snapshot, or any file or directory with the ledger's columns."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from audit.batch import Batch
from audit.classify import Linked
from audit.source import SourceError, Unit

try:
    import pyarrow as pa
    from pyarrow import parquet
except ImportError:
    raise SourceError("Parquet needs pyarrow: pip install -r requirements-audit.txt") from None

from audit.arrow import columns

TABLE: Final = "ledger_entries"
ROWS: Final = 1024  # at once; more is no faster
_NEVER: Final = "entries can be found by organisation in a database alone: --only-new needs one"


@dataclass(frozen=True)
class Place:
    """Where another process finds the same files."""

    path: Path

    def open(self) -> "Dataset":
        """The files. Raises SourceError."""
        return Dataset(self.path)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Why it cannot be read, in one line. Raises SourceError."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        why = " ".join(str(error).split())[:300]
    else:
        return
    raise SourceError(f"{path} cannot be read: {why}")


def files(path: Path) -> list[Path]:
    """The ledger's files: those below a directory `*ledger_entries` if there is one, else all. Raises SourceError."""
    if path.is_file():
        return [path]
    below = [one for one in path.rglob(f"*{TABLE}") if one.is_dir()]
    if len(below) > 1:
        raise SourceError(f"{path} holds several ledgers: {', '.join(str(one) for one in sorted(below))}; name one")
    found = sorted(one for one in (below[0] if below else path).rglob("*.parquet") if one.name[0] not in "._")
    if not found:
        raise SourceError(f"{path} holds no Parquet files")
    return found


class Dataset:
    """The ledger in these files."""

    def __init__(self, path: Path) -> None:
        self._path, self._files = path, files(path)
        for file in self._files:
            with self._opened(str(file)) as one:
                missing = sorted({*Batch._fields} - {*one.schema_arrow.names})
            if missing:
                raise SourceError(f"{file} is no ledger: it has no column {', '.join(missing)}")

    @contextmanager
    def _opened(self, file: str) -> Iterator[parquet.ParquetFile]:
        with _explained(Path(file)), parquet.ParquetFile(file) as one:
            yield one

    def estimate(self) -> int:
        """How many entries there are."""
        total = 0
        for file in self._files:
            with self._opened(str(file)) as one:
                total += one.metadata.num_rows
        return total

    def fingerprint(self) -> str:
        """Names, sizes and times of the files."""
        return " ".join(f"{file} {(at := file.stat()).st_size} {at.st_mtime_ns}" for file in self._files)

    def units(self, parts: int, *, small: bool) -> list[Unit]:  # noqa: ARG002  # they are as small as they are
        """Every row group of every file."""
        found = list[Unit]()
        for file in self._files:
            with self._opened(str(file)) as one:
                found += [(str(file), number) for number in range(one.num_row_groups)]
        return found

    def batches(self, unit: Unit) -> Iterator[Batch]:
        """The entries of a row group, or of an organisation. Raises SourceError."""
        match unit:
            case ("organisation", organisation):
                for part in self.units(1, small=False):
                    for batch in self.batches(part):
                        places = [n for n, one in enumerate(batch.organisation_id) if one == str(organisation).encode()]
                        if places:
                            yield Batch(*([column[n] for n in places] for column in batch))
            case (str() as file, int() as group):
                for table in self._read(file, group, Batch._fields):
                    yield Batch(*columns(table, Batch._fields))

    def _read(self, file: str, group: int, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        with self._opened(file) as one:
            yield from one.iter_batches(ROWS, row_groups=[group], columns=[*names], use_threads=False)

    def links(self, organisations: Sequence[str]) -> Iterator[tuple[str, Linked]]:
        """Every entry of these organisations, for its links: one reading of four columns."""
        wanted = {one.encode(): one for one in organisations}
        names = ("organisation_id", "id", "prev_entry_hash", "entry_hash")
        for file, group in self.units(1, small=False):
            for table in self._read(str(file), int(group or 0), names):
                for organisation, id_, link, hash_ in zip(*columns(table, names), strict=True):
                    if organisation in wanted:
                        found = Linked(_text(id_) or "", _text(link), _text(hash_) or "")
                        yield wanted[organisation], found

    def organisations(self) -> list[str]:
        """Not to be had. Raises SourceError."""
        raise SourceError(_NEVER)

    def present(self, heads: Sequence[tuple[str, str]]) -> set[str]:  # noqa: ARG002
        """Not to be had. Raises SourceError."""
        raise SourceError(_NEVER)

    def after(self, heads: Sequence[tuple[str, str | None]]) -> Iterator[Batch]:  # noqa: ARG002
        """Not to be had. Raises SourceError."""
        raise SourceError(_NEVER)

    def place(self) -> Place:
        """For other processes."""
        return Place(self._path)

    def close(self) -> None:
        """Nothing is kept open."""


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode(errors="backslashreplace")
