"""summary.md: the evidence as Markdown that GitHub shows, whatever the candidate's names and errors hold.

What others wrote stands in HTML blocks, escaped, within <code> or <pre>: no Markdown, no element, no link, no mention.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from evidence.annotations import decides, why
from evidence.inert import block, code, escaped, line

MOST: Final = 1_000_000  # bytes; GitHub takes 1 MiB
_FIRST: Final = 10  # failures told in full
_ORDER: Final = ("broken", "error", "not-checked", "deviates", "kept")
_SIGN: Final = {"kept": "✅", "broken": "❌", "error": "❌", "not-checked": "⚪", "deviates": "🟡", "incomplete": "⚪"}


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """An HTML table; cells are HTML already."""
    lines = ["<table>", "<tr>" + "".join(f'<th align="left">{name}</th>' for name in head) + "</tr>"]
    lines += ["<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows]
    return "\n".join([*lines, "</table>"])


def _folded(title: str, content: str) -> str:
    return f"<details>\n<summary>{title}</summary>\n{content}\n</details>"


def _cut(text: str) -> str:
    return escaped(line(text))


def _subject(document: Mapping[str, Any]) -> str:
    """Candidate, server, target and suite, a line each."""
    candidate, about, suite = document["candidate"], document["environment"], document["suite"]
    rows = []
    if paths := [source["path"] for source in candidate["sources"]]:
        more = f" and {len(paths) - 3} more files" if len(paths) > 3 else ""
        more += f", up to revision {code(candidate['revision'])}" if "revision" in candidate else ""
        rows.append(("candidate", f"{_cut(candidate['kind'])}: {', '.join(map(code, paths[:3]))}{more}"))
    if candidate.get("catalog_sha256"):
        rows.append(("catalog", code(f"sha256:{candidate['catalog_sha256']}")))
    if about.get("server"):
        rows.append(("server", f"{code(about['server'])} ({_cut(about['server_kind'])})"))
    if about.get("engine"):
        rows.append(("engine", f"{code(about['engine'])}, {code(about['connection_string'])}"))
    if about.get("account"):
        target = f"{code(about['instance'])} ({_cut(about['target'])}), account {code(about['account'])}"
        rows.append(("live target", f"{target} in {code(about['region'])}, read {code(about['account_read'])}"))
    if about.get("live_host"):
        rows.append(("live database", f"{code(about.get('live_dbname', ''))} at {code(about['live_host'])}"))
    if about.get("live_checkpoint"):
        rows.append(("checkpoint", code(f"sha256:{about['live_checkpoint']}")))
    rows.append(
        ("suite", f"{code(suite['version'])} {code(suite['commit'])}" if suite["commit"] else code(suite["version"]))
    )
    rows.append(("run", f"{code(document['started'])}, {document['seconds']} s"))
    return _table(("", ""), rows)


def _stale(one: Mapping[str, Any]) -> bool:
    return bool(one["deviation"] and one["deviation"]["stale"])


def _row(one: Mapping[str, Any], document: Mapping[str, Any]) -> tuple[str, ...]:
    remark = "stale deviation: take it out" if _stale(one) else one["note"]
    level = _cut(one["level"]) + ("" if decides(one, document) else " (does not decide)")
    return (
        f"{_SIGN[one['verdict']]} {one['verdict']}",
        f"<b>{_cut(one['id'])}</b>",
        level,
        _cut(one["says"]) + (f"<br>{code(remark)}" if remark else ""),
    )


def _failure(one: Mapping[str, Any]) -> str:
    """Promised, observed, mend: the first failure of a guarantee."""
    first = one["failures"][0]
    rows = [("promised", code(one["source"])), ("observed", block(first["observed"]))]
    if first["remedy"]:
        rows.append(("mend", block(first["remedy"])))
    rows.append(
        ("shown by", code(first["nodeid"]) + f" and {len(one['failures']) - 1} more" * (len(one["failures"]) > 1))
    )
    head = f"<p><b>{_cut(one['id'])}</b> ({_cut(one['area'])}, {_cut(one['level'])}): {_cut(one['says'])}</p>"
    return f"{head}\n{_table(('', ''), rows)}"


def _failures(guarantees: Sequence[Mapping[str, Any]]) -> list[str]:
    failed = [one for one in guarantees if one["verdict"] in ("broken", "error") and one["failures"]]
    if not failed:
        return []
    left = [one["id"] for one in failed[_FIRST:]]
    more = [f"<p>{len(left)} more: {', '.join(map(code, left))}</p>"] if left else []
    return ["### First failures", *map(_failure, failed[:_FIRST]), *more]


def _deviations(guarantees: Sequence[Mapping[str, Any]]) -> list[str]:
    declared = [one for one in guarantees if one["deviation"]]
    if not declared:
        return []
    rows = [
        (
            f"<b>{_cut(one['id'])}</b>",
            "stale" if _stale(one) else _cut(one["verdict"]),
            code(one["deviation"]["until"]),
            code(one["deviation"]["because"]),
        )
        for one in declared
    ]
    return ["### Declared deviations", _table(("id", "", "until", "because"), rows)]


def fitted(blocks: Sequence[str], most: int = MOST) -> str:
    """The blocks, as far as they fit into so many bytes, and a sentence about those left out."""
    text, left = "", 0
    room = most - 200  # for the sentence
    for one in blocks:
        piece = one + "\n\n"
        size = len(piece.encode("utf-8", "replace"))
        if size > room or left:
            left += 1
        else:
            text, room = text + piece, room - size
    return text + f"{left} more parts do not fit here; evidence.json holds everything.\n" * bool(left)


def summary(document: Mapping[str, Any], most: int = MOST) -> str:
    """The whole of summary.md from the evidence document."""
    verdict = document["verdict"]
    counts = ", ".join(f"{number} {name}" for name, number in document["totals"].items() if number)
    guarantees = sorted(
        document["guarantees"], key=lambda one: (not decides(one, document), _ORDER.index(one["verdict"]))
    )
    stale = [one for one in guarantees if _stale(one)]
    seen = [one for one in guarantees if one["verdict"] != "kept" or _stale(one)]
    kept = [one for one in guarantees if one["verdict"] == "kept" and not _stale(one)]
    head = ("verdict", "id", "level", "guarantee")
    blocks = [
        f"## {_SIGN[verdict]} Ledger compliance: {verdict}",
        f"Scope {document['scope']}: {counts or 'nothing judged'}.",
    ]
    if document["require"] == "core":
        blocks.append("Guarantees of level core alone decide (`--require core`).")
    if stale:
        blocks.append(f"<p>Stale deviations, to be taken out: {', '.join(code(one['id']) for one in stale)}</p>")
    blocks.append(_subject(document))
    if seen:
        blocks += ["### Guarantees", _table(head, (_row(one, document) for one in seen))]
    if kept:
        blocks.append(_folded(f"{len(kept)} kept", _table(head, (_row(one, document) for one in kept))))
    return fitted([*blocks, *_failures(guarantees), *_deviations(guarantees)], most)


def early_end(exit_code: int, said: str, most: int = MOST) -> str:
    """The summary of a run that ended before anything was judged."""
    blocks = ["## ❌ Ledger compliance: nothing was judged", f"{why(exit_code)} (exit code {exit_code}).", block(said)]
    return fitted(blocks, most)
