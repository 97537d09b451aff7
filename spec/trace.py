"""Which guarantees prove which statement of the design document; `python -m spec.trace` prints and checks it."""

import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from spec.guarantees import HERE, Guarantee, load
from spec.toml_file import SpecError

DOCUMENT: Final = "rds-postgresql.md"
UNREFERRED: Final = ("DRF", "AUD")  # they compare or examine the whole: no single line of the document is theirs
FIELDS: Final = {"statement": {"section", "words", "ids"}, "aside": {"section", "words", "because"}}


@dataclass(frozen=True)
class Line:
    """A line of the document that an entry of the trace has to cover."""

    number: int
    section: str
    text: str


@dataclass(frozen=True)
class Statement:
    """A passage of the document, from `line` to `last`, and the ids of the guarantees that prove it."""

    section: str
    line: int
    last: int
    words: str
    ids: tuple[str, ...]
    because: str = ""

    @property
    def aside(self) -> bool:
        """Whether the passage promises nothing; `because` says why."""
        return bool(self.because)


def document(folder: Path = HERE) -> list[Line]:
    """Return every line but blank ones, headings, code fences, front matter and horizontal rules."""
    whole = (folder / DOCUMENT).read_text(encoding="utf-8")
    front = re.match(r"---\n.*?\n---\n", whole, re.DOTALL)
    skipped = front.group().count("\n") if front else 0
    lines, section, fenced = [], "", False
    for number, text in enumerate(whole.splitlines(), 1):
        if number <= skipped or not text.strip():
            continue
        if text.startswith("```"):
            fenced = not fenced
        elif not fenced and (heading := re.fullmatch(r"#+ (.+)", text)):
            section = heading[1].strip()
        elif fenced or not re.fullmatch(r"-{3,}", text.strip()):
            lines.append(Line(number, section, text))
    return lines


def _entries(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each entry of trace.toml with the place to look for it, as file:line."""
    text = (folder / "trace.toml").read_text(encoding="utf-8")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SpecError(f"trace.toml: {error}") from None
    left = {kind: iter(data.get(kind, [])) for kind in FIELDS}
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\[\[(statement|aside)\]\]", line):
            entry = next(left[header[1]])
            if entry.keys() - {"through"} != FIELDS[header[1]]:
                raise SpecError(f"trace.toml:{number}: {header[1]} has the fields {', '.join(sorted(entry))}")
            yield f"trace.toml:{number}", entry


def _placed(entry: dict[str, Any], lines: list[Line]) -> Statement:
    """Find the entry in the document. Raises SpecError if it stands nowhere, or in more than one place."""
    section, words, through = entry["section"], entry["words"], entry.get("through")
    inside = [line for line in lines if line.section == section]
    found = [line.number for line in inside if words in line.text]
    if len(found) != 1:
        where = f"on lines {', '.join(map(str, found))}" if found else "on no line"
        raise SpecError(f"{words!r} stands {where} of {section!r}")
    last = found[0]
    if through is not None:
        ends = [line.number for line in inside if line.number > last and through in line.text]
        if not ends:
            raise SpecError(f"{through!r} stands on no line of {section!r} after line {last}")
        last = ends[0]
    return Statement(section, found[0], last, words, tuple(entry.get("ids", ())), entry.get("because", ""))


def read(folder: Path = HERE) -> tuple[list[Statement], list[str]]:
    """Return the passages, asides too, in the document's order, and what is wrong with entries of trace.toml."""
    lines, known = document(folder), load(folder)
    passages, wrong = [], []
    for place, entry in _entries(folder):
        try:
            passage = _placed(entry, lines)
        except SpecError as error:
            wrong.append(f"{place}: {error}")
            continue
        passages.append(passage)
        wrong += [f"{place}: {unknown} is no guarantee" for unknown in passage.ids if unknown not in known]
        if not passage.ids and not passage.aside:
            wrong.append(f"{place}: {passage.words!r} has neither ids nor a reason to be an aside")
    return sorted(passages, key=lambda passage: passage.line), wrong


@cache
def statements(folder: Path = HERE) -> tuple[Statement, ...]:
    """Return the statements of the document, in its order, without the asides; read once, since specifications stand still."""
    return tuple(passage for passage in read(folder)[0] if not passage.aside)


def _source(folder: Path, guarantee: Guarantee) -> str:
    name = "planned.toml" if guarantee.planned else "guarantees.toml"
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    return f"{name}:{lines.index(f'[{guarantee.id}]') + 1}"


def problems(folder: Path = HERE) -> list[str]:
    """Return one line for each wrong entry, line covered by nothing or twice, and guarantee without a statement."""
    lines, (passages, wrong) = document(folder), read(folder)
    covers = Counter(number for passage in passages for number in range(passage.line, passage.last + 1))
    for line in lines:
        if covers[line.number] != 1:
            how = "by nothing" if not covers[line.number] else f"{covers[line.number]} times"
            wrong.append(f"{DOCUMENT}:{line.number}: covered {how}: {line.text.strip()}")
    referred = {id for passage in passages for id in passage.ids}
    for id, told in load(folder).items():
        if not any(told.words in line.text for line in lines if line.section == told.section):
            wrong.append(f"{_source(folder, told)}: {id}: {told.words!r} stands on no line of {told.section!r}")
        if id not in referred and told.level == "core" and not id.startswith(UNREFERRED):
            wrong.append(f"{_source(folder, told)}: {id}: no statement refers to it")
    return wrong


def report(folder: Path = HERE) -> Iterator[str]:
    """Yield the document section by section: each statement with what proves it, then the counts."""
    known, (passages, _) = load(folder), read(folder)
    for section, group in groupby(passages, key=lambda passage: passage.section):
        yield f"\n{section}"
        for passage in group:
            span = f"{passage.line}-{passage.last}" if passage.last > passage.line else str(passage.line)
            words = passage.words if len(passage.words) <= 50 else passage.words[:47] + "..."
            proofs = (f"{id} planned" if id in known and known[id].planned else id for id in passage.ids)
            yield f"  {span:>7}  {words:<50}  {'aside: ' + passage.because if passage.aside else ', '.join(proofs)}"
    asides, planned = sum(p.aside for p in passages), sum(g.planned for g in known.values())
    proved = sum(any(id in known and not known[id].planned for id in p.ids) for p in passages)
    yield (
        f"\n{len(passages) - asides} statements ({proved} with a guarantee that a test proves), {asides} asides; "
        f"{len(known)} guarantees: {len(known) - planned} proved, {planned} planned"
    )


def main(folder: Path = HERE) -> int:
    """Print the trace, then its problems. Returns 0 if there are none, 1 if there are, 4 for a malformed file."""
    try:
        print(*report(folder), sep="\n")
        wrong = problems(folder)
    except SpecError as error:
        wrong, code = [str(error)], 4
    else:
        code = 1 if wrong else 0
    print(*wrong, sep="\n", end="\n" if wrong else "", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
