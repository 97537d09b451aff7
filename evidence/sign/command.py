"""`python -m evidence sign DIR --key KEY`."""

import argparse
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from evidence.manifest import ATTACHED, MANIFEST
from evidence.opened import listing, opened
from evidence.record import EVIDENCE
from evidence.sign import envelope
from evidence.sign.keys import KeyUnusableError, signer
from evidence.sign.statement import PAYLOAD, statement
from evidence.strict_json import parse
from evidence.verify.steps import Wanted, verify

HELP: Final = f"""Sign a bundle: an in-toto Statement about every file of it and about manifest.json, in a DSSE envelope.

--key FILE      a private key, ECDSA on P-256, in PEM; the password of an encrypted one stands in $AMPLY_KEY_PASSWORD
--key awskms:ID a key of AWS KMS (ECC_NIST_P256, SIGN_VERIFY) by id, ARN, alias/NAME or the alias's ARN; the usual AWS
                variables lead to it (kms:GetPublicKey, kms:Sign)
--timestamp URL also asks an RFC 3161 authority for a time stamp of the signature

Writes {envelope.SIGNATURE} and {envelope.TIMESTAMP} beside the manifest. A bundle that `verify` does not find right is not
signed, nor one made by another specification than this checkout's.
Exit codes: 0 signed, 1 not signed because of what was found, 4 usage (no bundle, no usable key, no time stamp, signed
already)."""


def add(commands: Any) -> None:
    """The command and its options."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "sign", help="sign a bundle", description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("bundle", metavar="DIR", type=Path)
    parser.add_argument("--key", metavar="KEY", required=True, help="a PEM file, or awskms:ID")
    parser.add_argument("--timestamp", metavar="URL", help="of an RFC 3161 time stamping authority")
    parser.add_argument("--force", action="store_true", help="replace a signature that is there")
    parser.set_defaults(run=run)


def _write(folder: Path, name: str, content: bytes) -> None:
    """Whole or not at all."""
    partial = folder / f".{name}.{os.getpid()}"
    try:
        partial.write_bytes(content)
        partial.replace(folder / name)
    finally:
        partial.unlink(missing_ok=True)


def signed(payload: bytes, key: str) -> bytes:
    """The envelope with the signature. Raises KeyUnusableError."""
    by = signer(key)
    from securesystemslib.dsse import Envelope  # noqa: PLC0415

    made = Envelope(payload, PAYLOAD, {})
    try:
        made.sign(by)
    except Exception as error:
        if type(error).__module__.split(".")[0] not in ("botocore", "securesystemslib"):
            raise
        raise KeyUnusableError(f"{key}: {error}") from None
    return envelope.as_bytes(made)


def run(given: argparse.Namespace) -> int:
    """Sign. Raises BundleError, KeyUnusableError, TimestampError and OSError."""
    seen = opened(given.bundle)
    if not given.force and (there := sorted({*ATTACHED} & seen.files.keys())):
        raise KeyUnusableError(f"{given.bundle}: {there[0]} is there already (--force replaces it)")
    bare = replace(seen, files={name: content for name, content in seen.files.items() if name not in ATTACHED})
    found = verify(bare, Wanted(now=datetime.now(UTC)))
    if found.findings:
        print("\n".join([*found.lines()[:-1], "not signed"]))
        return 1
    document = parse(bare.files[EVIDENCE], EVIDENCE)
    listed = {name: one.sha256 for name, one in listing(bare.files[MANIFEST])[0].items()}
    content = signed(statement(document, bare.files, listed), given.key)
    stamp = None
    if given.timestamp:
        from evidence.sign.timestamp import asked  # noqa: PLC0415

        stamp = asked(given.timestamp, content)
    (given.bundle / envelope.TIMESTAMP).unlink(missing_ok=True)
    _write(given.bundle, envelope.SIGNATURE, content)
    if stamp:
        _write(given.bundle, envelope.TIMESTAMP, stamp)
    names = envelope.SIGNATURE + f" and {envelope.TIMESTAMP}" * bool(stamp)
    print(f"signed: {document['verdict']} ({document['scope']}), {names}")
    return 0
