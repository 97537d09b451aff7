"""A ledger in Parquet files, as RDS exports a snapshot."""

import pyarrow as pa
from pyarrow import parquet

from audit.generate_parquet import table


def written(folder, entries, made=table, pieces=3):
    """Files as RDS lays them out, with what else lies there."""
    inside = folder / "export-1" / "amply" / "public.ledger_entries"
    size = -(-len(entries) // pieces)
    for piece in range(pieces):
        (inside / str(piece)).mkdir(parents=True)
        part = made(entries[piece * size : (piece + 1) * size])
        parquet.write_table(part, inside / str(piece) / "part-00000.gz.parquet", compression="gzip", row_group_size=700)
        (inside / str(piece) / "_SUCCESS").touch()
    other = folder / "export-1" / "amply" / "public.users" / "1"
    other.mkdir(parents=True)
    parquet.write_table(pa.table({"id": ["usr_1"]}), other / "part-00000.gz.parquet")
    (folder / "export-1" / "export_info_export-1.json").write_text("{}")
    return folder
