"""`python -m evidence verify DIR`."""

import argparse
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, get_args

from evidence.opened import opened
from evidence.sign.keys import public_key
from evidence.sign.timestamp import certificates
from evidence.verdict import RunVerdict
from evidence.verify.moments import duration
from evidence.verify.steps import Wanted, verify

HELP: Final = """Check a bundle, offline: that it is whole, and that it says what its tests say.

Before anything in it is parsed: plain files only (no links), the signature over manifest.json (--key), its time stamp
(--timestamp-root), and that every file of the manifest is there with its digest, and no other. Then: every verdict is
computed again from the tests, the guarantees are compared with the specification of this checkout, the files made of
evidence.json are made again and compared, the candidate's files and catalogue with their digests, secrets looked for.

Prints a line for each check, and last `verified`, `verified, but not checked: ...` or `not verified`. A run that is
broken or incomplete may well be verified: the bundle tells the truth about it. --expect-verdict kept asks for more.
Exit codes: 0 verified, 1 not verified, 4 usage (no such directory, no bundle, unreadable key)."""


def _age(text: str) -> timedelta:
    try:
        return duration(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _commit(text: str) -> str:
    if not 7 <= len(text) <= 40 or set(text.lower()) - set("0123456789abcdef"):
        raise argparse.ArgumentTypeError(f"{text!r} is no commit: 7 to 40 hexadecimal digits")
    return text.lower()


def add(commands: Any) -> None:
    """The command and its options."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "verify",
        help="is the bundle what it says it is?",
        description=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("bundle", metavar="DIR", type=Path)
    parser.add_argument("--key", metavar="PUB", type=Path, help="public key (PEM, ECDSA P-256): it must have signed")
    parser.add_argument(
        "--timestamp-root", metavar="PEM", type=Path, help="certificates that a time stamp must lead to"
    )
    parser.add_argument("--previous", metavar="DIR", type=Path, help="the bundle that this one must follow")
    parser.add_argument("--expect-commit", metavar="COMMIT", type=_commit, help="of the suite; 7 digits or more")
    parser.add_argument("--expect-verdict", choices=get_args(RunVerdict), help="that the run must have")
    parser.add_argument("--max-age", metavar="AGE", type=_age, help="of the run and its time stamp: 90m, 24h, 7d, 2w")
    parser.add_argument("--other-spec", action="store_true", help="let another specification pass, uncompared")
    parser.add_argument("--json", action="store_true", help="print the checks as JSON")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Verify. Raises BundleError, KeyUnusableError and TimestampError for what cannot be read."""
    wanted = Wanted(
        now=datetime.now(UTC),
        key=public_key(given.key) if given.key else None,
        roots=certificates(given.timestamp_root) if given.timestamp_root else None,
        previous=opened(given.previous) if given.previous else None,
        commit=given.expect_commit or "",
        verdict=given.expect_verdict or "",
        age=given.max_age,
        other_spec=given.other_spec,
    )
    found = verify(opened(given.bundle), wanted)
    if given.json:
        print(json.dumps(found.as_data(), indent=1))
    else:
        print("\n".join(text.encode("utf-8", "replace").decode() for text in found.lines()))
    return 1 if found.findings else 0
