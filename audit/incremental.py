"""The audit of what came after a checkpoint: as long as the new entries are many, however large the ledger is."""

from collections.abc import Callable

from audit.batch import examine
from audit.checkpoint import Checkpoint
from audit.linker import Segment
from audit.part import Part
from audit.source import Source


def follow_new(source: Source, since: Checkpoint, part: Part, tell: Callable[[int], None]) -> None:
    """Take what the checkpoint tells for read, and examine the entries after the recorded heads. Raises SourceError.

    Of an organisation that has no entry with the recorded hash any more nothing is taken for read.
    """
    recorded = {name: state.head for name, state in since.organisations.items()}
    there = source.present([*recorded.items()])
    for name in sorted(there):
        state = since.organisations[name]
        part.chain(name.encode()).take(Segment(None, state.head.encode(), state.entries))
        for currency, total in state.volume.items():
            part.volumes[name.encode(), currency.encode()] += total
    unknown = [name for name in source.organisations() if name not in recorded]
    heads: list[tuple[str, str | None]] = [
        *((name, recorded[name]) for name in sorted(there)),
        *((one, None) for one in unknown),
    ]
    for batch in source.after(heads):
        examine(batch, part)
        tell(part.entries)
