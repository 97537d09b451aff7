"""A ledger in Parquet on PySpark: each partition is examined where it lies, by the code that examines everything else.

Nothing is sorted or shuffled: a partition answers with the open segments of its chains, and the driver joins them. Spark
itself writes no JSON and no moment: it would write them differently.
"""

import json
import os
import re
import sys
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from audit.batch import Batch, examine
from audit.classify import Linked
from audit.parquet import Dataset, files
from audit.part import Part
from audit.source import SourceError

try:
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession
except ImportError:
    raise SourceError("--engine spark needs PySpark: pip install -r requirements-spark.txt") from None

_SETTINGS: Final = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "2000",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


def _examined(kind: Part) -> Any:
    """What a partition does: its batches come in, one row with what was seen goes out."""

    def run(tables: Iterator[Any]) -> Iterator[Any]:
        import pyarrow as pa  # noqa: PLC0415

        from audit.arrow import columns  # noqa: PLC0415

        part = kind.another()
        for table in tables:
            if table.num_rows:
                examine(Batch(*columns(table, Batch._fields)), part)
        yield pa.RecordBatch.from_pydict({"part": [json.dumps(part.as_dict())]})

    return run


def _cause(error: Exception) -> str:
    """The last word of the innermost exception, Python's if it is from a worker."""
    inner: Any = getattr(error, "java_exception", None)
    while inner is not None and inner.getCause() is not None:
        inner = inner.getCause()
    lines = [line.strip() for line in str(inner or error).splitlines() if line.strip()]
    said = [line for line in lines if re.match(r"[\w.]*(Error|Exception)\b.*: ", line)]
    return (said or lines or [type(error).__name__])[-1][:300]


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except PySparkException as error:
        why = " ".join(str(error).split())[:300]
    except Exception as error:
        if type(error).__module__.split(".")[0] != "py4j":
            raise
        why = _cause(error)
    else:
        return
    raise SourceError(f"Spark cannot read it: {why}")


class Cluster(Dataset):
    """The ledger in files that Spark reads: a path on this machine, or a URL such as s3a://bucket/export."""

    def __init__(self, place: str) -> None:
        self._local = "://" not in place
        if self._local:
            super().__init__(Path(place))
        builder: Any = SparkSession.builder
        for name, value in _SETTINGS.items():
            builder = builder.config(name, value)
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # not whichever python3 comes first
        self._shipped = TemporaryDirectory()
        with _explained():
            self._session = builder.appName("amply-audit").getOrCreate()
            self._session.sparkContext.setLogLevel("OFF")  # what fails is said below
            self._session.sparkContext.addPyFile(self._package())
            reader = self._session.read.option("pathGlobFilter", "*.parquet").option("recursiveFileLookup", "true")
            frame = reader.parquet(*map(str, files(Path(place))) if self._local else (place,))
            missing = sorted({*Batch._fields} - {*frame.columns})
            if missing:
                raise SourceError(f"{place} is no ledger: it has no column {', '.join(missing)}")
            self._frame = frame.select(*Batch._fields)

    def _package(self) -> str:
        """This package, for workers on other machines."""
        file = Path(self._shipped.name) / "amply_audit.zip"
        with zipfile.ZipFile(file, "w") as archive:
            for one in Path(__file__).parent.glob("*.py"):
                archive.write(one, f"audit/{one.name}")
        return str(file)

    def estimate(self) -> int:
        """How many entries there are; 0 if the files are elsewhere."""
        return super().estimate() if self._local else 0

    def parts(self, kind: Part) -> Iterator[dict[str, Any]]:
        """What each partition saw. Raises SourceError."""
        with _explained():
            for row in self._frame.mapInArrow(_examined(kind), "part string").toLocalIterator(prefetchPartitions=True):
                yield json.loads(row.part)

    def links(self, organisations: Sequence[str]) -> Iterator[tuple[str, Linked]]:
        """Every entry of these organisations, for its links."""
        wanted = self._frame.filter(self._frame.organisation_id.isin([*organisations]))
        with _explained():
            for row in wanted.select("organisation_id", "id", "prev_entry_hash", "entry_hash").toLocalIterator():
                yield row[0], Linked(row[1], row[2], row[3])

    def close(self) -> None:
        """End the session, and what was made for it."""
        self._session.stop()
        self._shipped.cleanup()
