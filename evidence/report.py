"""report.html: the evidence as one page for people, which loads nothing and runs nothing but what stands in it."""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from evidence import ground, page
from evidence.inert import whole

if TYPE_CHECKING:
    from jinja2 import Template

REPORT: Final = "report.html"
TEMPLATES: Final = Path(__file__).with_name("templates")
_STYLES: Final = ("tokens.css", "page.css", "guarantees.css", "print.css")
_SCRIPTS: Final = ("filter.js", "blocks.js")
_FIRST: Final = 3  # different observations of one guarantee that are told in full; the others in a list
_BREAKS: Final = re.compile(r"(?<=[/_:])(?=\w)")


def policy(style: str, script: str) -> str:
    """The content security policy of a page with these two blocks and nothing else."""
    digests = (base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in (style, script))
    of_style, of_script = (f"'sha256-{digest}'" for digest in digests)
    return f"default-src 'none'; script-src {of_script}; style-src {of_style}; base-uri 'none'; form-action 'none'"


def _joined(names: tuple[str, ...]) -> str:
    return "\n" + "\n".join((TEMPLATES / name).read_text(encoding="utf-8") for name in names)


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
    commit, changed = ground.commit(document)
    totals = Counter(one["verdict"] for one in guarantees)
    ending = [one for one in guarantees if one["verdict"] == "deviates" and one["note"]]
    urgent = [one for verdict in ("broken", "error") for one in guarantees if one["verdict"] == verdict]
    return {
        "run": document,
        "meaning": page.meaning(document),
        "candidate_line": ground.subject(document),
        "facts": ground.facts(document),
        "areas": page.areas(guarantees),
        "columns": [verdict for verdict in reversed(page.ORDER) if totals[verdict]],
        "levels": [*dict.fromkeys(one["level"] for one in guarantees)],
        "attention": [*urgent, *filter(page.stale, guarantees), *ending],
        "unchecked": [one for one in guarantees if one["verdict"] == "not-checked"],
        "declared": [one for one in guarantees if one["deviation"]],
        "surroundings": ground.surroundings(document),
        "revision": document["candidate"].get("revision", ""),
        "left_out": document["candidate"].get("left_out", []),
        "commit": commit,
        "changed": changed,
        "command": ground.command(document),
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
