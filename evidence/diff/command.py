"""`python -m evidence diff OLD NEW`."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from evidence.diff import differences as of
from evidence.inert import line
from evidence.manifest import MANIFEST, BundleError
from evidence.opened import differences, listing, opened
from evidence.record import EVIDENCE
from evidence.shape import checked
from evidence.strict_json import parse
from evidence.verify.candidate import catalog

HELP: Final = """What changed between two bundles: verdicts (worse first), guarantees, failures, tests, deviations, the
candidate's files and catalogue, environment and suite. Times and durations are no difference.

Both have to be whole: every file of the manifest with its digest and no other. Signatures are not looked at; that and
whether they tell the truth is for `verify`.
Exit codes: 0 nothing differs, 1 something differs or a bundle is not whole, 4 usage (no such directory, no bundle)."""


def add(commands: Any) -> None:
    """The command and its options."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "diff",
        help="what changed between two bundles",
        description=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("old", metavar="OLD", type=Path)
    parser.add_argument("new", metavar="NEW", type=Path)
    parser.add_argument("--json", action="store_true", help="print the differences as JSON")
    parser.set_defaults(run=run)


def _read(folder: Path) -> tuple[dict[str, Any], dict[str, str], list[str]]:
    """Document, catalogue, and what is wrong with the bundle. Raises BundleError if it is none."""
    seen = opened(folder)
    try:
        wrong = [*seen.findings, *differences(seen, listing(seen.files.get(MANIFEST, b""))[0])]
        if wrong:
            return {}, {}, wrong
        return checked(parse(seen.files.get(EVIDENCE, b""), EVIDENCE)), catalog(seen.files), []
    except BundleError as error:
        return {}, {}, [str(error)]


def compared(
    old: Mapping[str, Any], new: Mapping[str, Any], catalogs: tuple[Mapping[str, str], Mapping[str, str]]
) -> dict[str, list[str]]:
    """What differs, by subject; subjects without a difference are left out."""
    run = [{key: one[key] for key in ("scope", "require")} for one in (old, new)]
    subjects = {
        "verdicts": of.verdicts(old, new),
        "guarantees": of.guarantees(old, new),
        "failures": of.failures(old, new),
        "tests": of.tests(old, new),
        "deviations": of.deviations(old, new),
        "candidate": of.sources(old, new),
        "catalogue": of.named(*catalogs),
        "run": of.about(*run),
        "environment": of.about(old["environment"], new["environment"]),
        "suite": of.about(old["suite"], new["suite"]),
    }
    return {name: told for name, found in subjects.items() if (told := [*found])}


def run(given: argparse.Namespace) -> int:
    """Compare. Raises BundleError."""
    (old, old_catalog, old_wrong), (new, new_catalog, new_wrong) = _read(given.old), _read(given.new)
    if old_wrong or new_wrong:
        found = {f"{name} is not whole": wrong for name, wrong in (("OLD", old_wrong), ("NEW", new_wrong)) if wrong}
    else:
        found = compared(old, new, (old_catalog, new_catalog))
    if given.json:
        print(json.dumps(found, indent=1))
        return int(bool(found))
    for name, rows in found.items():
        print(f"{name}:")
        print("\n".join(f"  {line(row, 400)}" for row in rows))
    if not found:
        print("nothing differs")
    return int(bool(found))
