"""report.html: the evidence as one page for people, which loads nothing and runs nothing but what stands in it."""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from evidence import page
from evidence.inert import line, whole

if TYPE_CHECKING:
    from jinja2 import Template

REPORT: Final = "report.html"
TEMPLATES: Final = Path(__file__).with_name("templates")
_STYLES: Final = ("tokens.css", "page.css", "guarantees.css", "print.css")
_SCRIPTS: Final = ("filter.js", "blocks.js")
_FIRST: Final = 3  # different observations of one guarantee that are told in full; the others in a list
_BREAKS: Final = re.compile(r"(?<=[/_:])(?=\w)")
_NAMES: Final = {
    "server": "Server",
    "server_kind": "Started from",
    "collation": "Collation",
    "account": "AWS account",
    "region": "Region",
    "instance": "Instance",
    "target": "Judged as",
    "account_read": "Account read",
    "account_replayed": "Replayed",
    "live_host": "Database host",
    "live_port": "Database port",
    "live_dbname": "Database",
    "live_user": "Read as",
    "live_checkpoint": "Checkpoint",
    "python": "Python",
}


def policy(style: str, script: str) -> str:
    """The content security policy of a page with these two blocks and nothing else."""
    digests = (base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in (style, script))
    of_style, of_script = (f"'sha256-{digest}'" for digest in digests)
    return f"default-src 'none'; script-src {of_script}; style-src {of_style}; base-uri 'none'; form-action 'none'"


def _joined(names: tuple[str, ...]) -> str:
    return "\n" + "\n".join((TEMPLATES / name).read_text(encoding="utf-8") for name in names)


def _commit(document: Mapping[str, Any]) -> tuple[str, bool]:
    told = document["suite"]["commit"]
    return told.removesuffix("+changes"), told.endswith("+changes")


def command(document: Mapping[str, Any]) -> str:
    """What checks the bundle of this document."""
    commit, changed = _commit(document)
    words = ["python -m evidence verify evidence-out --key evidence-key.pub", f"--expect-verdict {document['verdict']}"]
    plain = commit and not changed and commit.isalnum()
    return " ".join([*words, f"--expect-commit {commit}"] if plain else words)


def _subject(document: Mapping[str, Any]) -> str:
    """What was judged, in a line."""
    candidate, about = document["candidate"], document["environment"]
    if about.get("instance"):
        return f"Instance {about['instance']} ({about['target']}) in {about['region']}"
    paths = [PurePosixPath(source["path"]) for source in candidate["sources"]]
    if not paths:
        return f"Candidate ({candidate['kind']})"
    if len(paths) > 1 and len({path.parent for path in paths}) == 1:
        return f"Candidate {line(str(paths[0].parent), 120)} ({candidate['kind']}, {page.number(len(paths), 'file')})"
    more = f" and {page.number(len(paths) - 1, 'more file')}" if len(paths) > 1 else ""
    return f"Candidate {line(str(paths[0]), 120)}{more} ({candidate['kind']})"


def _utc(moment: str) -> str:
    return moment.replace("T", " ").replace("Z", " UTC")


def _facts(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    about, (commit, changed) = document["environment"], _commit(document)
    suite = f"{document['suite']['version']} {commit[:12]}{' and changes' if changed else ''}".strip()
    rows = [("Scope", document["scope"]), ("Server", about["server"]), ("Finished", _utc(document["finished"]))]
    rows += [("Took", f"{document['seconds']:.1f} s"), ("Suite", suite)]
    return [(name, value) for name, value in rows if value]


def _surroundings(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    about = document["environment"]
    rows = [(name, _utc(document[name.lower()])) for name in ("Started", "Finished")]
    for key, value in about.items():
        if isinstance(value, Mapping):
            rows += [(name, str(one)) for name, one in value.items()]
        elif value:
            rows.append((_NAMES.get(key, key), str(value)))
    return rows


def _guarantee(one: Mapping[str, Any]) -> dict[str, Any]:
    """The guarantee with what the page shows beside its own fields."""
    section, quoted = page.source(one["source"])
    seen = page.observations(one["failures"])
    return {
        **one,
        "section": section,
        "quoted": quoted,
        "remark": "Stale deviation: it is kept, take the declaration out." if page.stale(one) else one["note"],
        "observations": seen[:_FIRST],
        "others": seen[_FIRST:],
        "opened": one["verdict"] in ("broken", "error"),
        "remedies": page.remedies(one["failures"]),
        "tried": page.tried(one),
        "files": page.files(one["tests"]),
    }


def _context(document: Mapping[str, Any]) -> dict[str, Any]:
    guarantees = [_guarantee(one) for one in document["guarantees"]]
    commit, changed = _commit(document)
    totals = Counter(one["verdict"] for one in guarantees)
    ending = [one for one in guarantees if one["verdict"] == "deviates" and one["note"]]
    urgent = [one for verdict in ("broken", "error") for one in guarantees if one["verdict"] == verdict]
    return {
        "run": document,
        "meaning": page.meaning(document),
        "candidate_line": _subject(document),
        "facts": _facts(document),
        "areas": page.areas(guarantees),
        "columns": [verdict for verdict in reversed(page.ORDER) if totals[verdict]],
        "levels": [*dict.fromkeys(one["level"] for one in guarantees)],
        "attention": [*urgent, *filter(page.stale, guarantees), *ending],
        "unchecked": [one for one in guarantees if one["verdict"] == "not-checked"],
        "declared": [one for one in guarantees if one["deviation"]],
        "surroundings": _surroundings(document),
        "revision": document["candidate"].get("revision", ""),
        "left_out": document["candidate"].get("left_out", []),
        "commit": commit,
        "changed": changed,
        "command": command(document),
    }


@cache
def _template() -> "tuple[Template, dict[str, str]]":
    """The template, compiled once a process, and the blocks of the page that are the same on every page."""
    # For runs that ask for it alone.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415
    from markupsafe import Markup, escape  # noqa: PLC0415

    def breakable(text: str) -> Markup:
        return Markup("<wbr>").join(map(escape, _BREAKS.split(text)))  # long names end a line where they may

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["breakable"] = breakable
    environment.globals |= {"words": page.WORDS, "means": page.MEANS}
    style, script = _joined(_STYLES), _joined(_SCRIPTS)
    blocks = {"style": Markup(style), "script": Markup(script), "policy": policy(style, script)}  # noqa: S704  # ours
    return environment.get_template(REPORT), blocks


def report(document: Mapping[str, Any]) -> bytes:
    """report.html of the evidence document: the same document gives the same bytes.

    Raises ValueError for a document that lacks what its format has.
    """
    from jinja2 import TemplateError  # noqa: PLC0415

    template, blocks = _template()
    try:
        text = template.render(_context(whole(document)) | blocks)
    except TemplateError as error:
        raise ValueError(f"{REPORT}: {error}") from error
    return (text.strip() + "\n").encode()
