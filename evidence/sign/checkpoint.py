"""`python -m evidence sign-checkpoint FILE` and `verify-checkpoint FILE`: whose checkpoint of the ledger it is."""

import argparse
import json
from pathlib import Path
from typing import Any, Final

from audit.checkpoint import FORMAT, CheckpointError, read, write
from audit.source import SourceError
from evidence.manifest import BundleError, sha256
from evidence.sign import envelope
from evidence.sign.command import signed
from evidence.sign.keys import KeyUnusableError, public_key
from evidence.sign.statement import TYPE

PREDICATE: Final = "urn:amply:audit-checkpoint:1"
_SIGN: Final = """Sign a checkpoint (python -m audit --checkpoint FILE): an in-toto Statement about it, in a DSSE envelope.

Writes FILE.signature.json. --key is a PEM file or awskms:ID, as for `sign`.
Exit codes: 0 signed, 4 usage (no checkpoint, no usable key, signed already)."""
_VERIFY: Final = """Whether a checkpoint was signed by this key, and is as it was then. Reads FILE.signature.json.

Exit codes: 0 it was, 1 it was not, 4 usage (no checkpoint, no usable key)."""


def add(commands: Any) -> None:
    """The commands and their options."""
    for name, text, run, key in (
        ("sign-checkpoint", _SIGN, _sign, "a PEM file, or awskms:ID"),
        ("verify-checkpoint", _VERIFY, _verify, "the public key, in PEM"),
    ):
        parser: argparse.ArgumentParser = commands.add_parser(
            name, help=text.partition("(")[0].partition(".")[0].strip().lower(), description=text,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )  # fmt: skip
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--key", metavar="KEY", required=True, help=key)
        if run is _sign:
            parser.add_argument("--force", action="store_true", help="replace a signature that is there")
        parser.set_defaults(run=run)


def _beside(file: Path) -> Path:
    return file.with_name(f"{file.name}.signature.json")


def statement(file: Path) -> bytes:
    """What is signed. Raises BundleError."""
    try:
        told = read(file)
        content = file.read_bytes()
    except CheckpointError as error:
        raise BundleError(str(error)) from None
    data = {
        "_type": TYPE,
        "subject": [{"name": file.name, "digest": {"sha256": sha256(content)}}],
        "predicateType": PREDICATE,
        "predicate": {
            **{"format": FORMAT, "taken": told.taken},
            **{"entries": told.entries, "organisations": len(told.organisations)},
        },
    }
    return json.dumps(data, indent=1, ensure_ascii=False).encode()


def _sign(given: argparse.Namespace) -> int:
    beside = _beside(given.file)
    if beside.exists() and not given.force:
        raise KeyUnusableError(f"{beside} is there already (--force replaces it)")
    content = signed(statement(given.file), given.key)
    try:
        write(beside, content)
    except SourceError as error:
        raise BundleError(str(error)) from None
    print(f"signed: {beside}")
    return 0


def _verify(given: argparse.Namespace) -> int:
    key, wanted = public_key(Path(given.key)), statement(given.file)
    try:
        found = envelope.verified(_beside(given.file).read_bytes(), key)
    except (BundleError, FileNotFoundError) as error:
        why = "it is not signed" if isinstance(error, FileNotFoundError) else str(error).partition(": ")[2]
        print(f"not verified: {given.file}: {why}")
        return 1
    if found != wanted:
        print(f"not verified: {given.file}: it was changed, or renamed, since it was signed")
        return 1
    print(f"verified: {given.file}")
    return 0
