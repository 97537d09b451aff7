"""The audit of a whole ledger: every hash recomputed, every link followed."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from audit.batch import examine
from audit.checkpoint import Checkpoint, compared
from audit.classify import Linked, classified, entries_until
from audit.findings import MOST, Findings
from audit.incremental import follow_new
from audit.linker import Chain
from audit.part import Part, empty
from audit.progress import Saved
from audit.published import Published
from audit.published import compared as of_published
from audit.source import Distributed, Source
from audit.workers import in_processes

_AT_ONCE = 1_000_000  # entries whose links are kept for a closer look


@dataclass
class Result:
    """What an audit saw: entries, the head of each chain (None if it is none) and its length, volumes; and what it found.

    `volumes`: the sum of amounts in minor units, by organisation and currency, if it was asked for.
    """

    entries: int = 0
    heads: dict[str, tuple[str | None, int]] = field(default_factory=dict)
    volumes: dict[str, dict[str, int]] = field(default_factory=dict)
    findings: Findings = field(default_factory=Findings)
    resumed: bool = False
    only_new: bool = False

    @property
    def intact(self) -> bool:
        """Whether the ledger is what it was written as."""
        return self.findings.intact


def audit(
    source: Source,
    *,
    most: int = MOST,
    tell: Callable[[int], None] = lambda _: None,
    processes: int = 1,
    since: Checkpoint | None = None,
    only_new: bool = False,
    volumes: bool = False,
    published: Sequence[Published] = (),
    saved: Saved | None = None,
) -> Result:
    """Read every entry once, and those of organisations with broken chains once more. `tell`: how many were read so far.

    `since`: an earlier state, against which the chains are held; `only_new`: what it tells is taken for read. `saved`: where
    progress is kept, and gone on from. `published`: checkpoints of all entries; with neither of the two before.
    Memory does not grow with the ledger, but with the organisations, and with the largest ones whose chains are broken.
    Raises SourceError.
    """
    part = empty(most, since.cuts if since else {}, with_volumes=volumes, with_days=bool(published))
    if since and only_new:
        follow_new(source, since, part, tell)
        result = _concluded(source, part, since, resumed=False)
        result.only_new = True
        return result
    if isinstance(source, Distributed):
        for seen in source.parts(part.another()):
            part.merge(seen)
            tell(part.entries)
        _held_against(published, part)
        return _concluded(source, part, since, resumed=False)
    units, resumed = source.units(processes, small=saved is not None), False
    if saved:
        units, resumed = saved.begin(source, units, part)
    if processes > 1 and len(units) > 1:
        in_processes(source, units, part, processes, tell, saved)
    else:
        for unit in units:
            for batch in source.batches(unit):
                examine(batch, part)
                tell(part.entries)
            if saved:
                saved.done([unit], part)
    _held_against(published, part)
    return _concluded(source, part, since, resumed=resumed)


def _held_against(published: Sequence[Published], part: Part) -> None:
    for finding in of_published(published, part.days):
        part.findings.add(finding)


def _concluded(source: Source, part: Part, since: Checkpoint | None, *, resumed: bool) -> Result:
    chains = {name.decode(errors="backslashreplace"): chain for name, chain in sorted(part.chains.items())}
    doubtful = {name: chain for name, chain in chains.items() if chain.suspect or not chain.intact}
    if resumed:
        for name in doubtful:
            _again(source, name, part, chains)
        doubtful = {name: chain for name, chain in chains.items() if chain.suspect or not chain.intact}
    until = {name: (chain.until_cut, chain.entries) for name, chain in chains.items()}
    for names in _groups(doubtful):
        linked: dict[str, list[Linked]] = defaultdict(list)
        for name, one in source.links(names):
            linked[name].append(Linked(one.id or "", one.link, one.hash or ""))  # a candidate may let NULL in
        for name in names:
            for finding in classified(name, linked[name]):
                part.findings.add(finding)
            if since and name in since.organisations:
                until[name] = entries_until(since.organisations[name].head, linked[name]), chains[name].entries
    if since:
        for finding in compared(since, until):
            part.findings.add(finding)
    result = Result(part.entries, findings=part.findings, resumed=resumed)
    for name, chain in chains.items():
        result.heads[name] = (_head(chain), chain.entries)
    for (of, currency), total in sorted(part.volumes.items()):
        result.volumes.setdefault(of.decode(), {})[currency.decode()] = total
    return result


def _head(chain: Chain) -> str | None:
    """None as well for what is no chain: which of its ends was met last depends on the order."""
    return chain.head.decode(errors="backslashreplace") if chain.intact and chain.head else None


def _again(source: Source, name: str, part: Part, chains: dict[str, Chain]) -> None:
    """Examine an organisation as it is now: what came since the audit began may lie where it had been already."""
    before, fresh = chains[name], part.another()
    for batch in source.batches(("organisation", name)):
        examine(batch, fresh)
    known = {*part.findings.kept}
    for finding in fresh.findings.kept:
        if finding not in known:
            part.findings.add(finding)
    chain = fresh.chain(name.encode())
    part.entries += chain.entries - before.entries
    chain.suspect |= before.suspect
    chains[name] = chain
    for key in [key for key in part.volumes if key[0] == name.encode()]:
        del part.volumes[key]
    part.volumes.update(fresh.volumes)


def _groups(doubtful: dict[str, Chain]) -> Iterator[list[str]]:
    """Names whose entries are kept in memory at once."""
    group, room = list[str](), _AT_ONCE
    for name, chain in doubtful.items():
        if group and chain.entries > room:
            yield group
            group, room = [], _AT_ONCE
        group.append(name)
        room -= chain.entries
    if group:
        yield group
