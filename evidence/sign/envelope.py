"""signature.json: a DSSE envelope with one signature, read strictly and written in one way."""

import json
from typing import TYPE_CHECKING, Any

from evidence.manifest import ATTACHED, BundleError, sha256
from evidence.sign.statement import PAYLOAD
from evidence.strict_json import parse

if TYPE_CHECKING:
    from securesystemslib.dsse import Envelope
    from securesystemslib.signer import SSlibKey

SIGNATURE, TIMESTAMP = ATTACHED


def as_bytes(envelope: "Envelope") -> bytes:
    """The envelope as it stands in the file."""
    return (json.dumps(envelope.to_dict(), indent=1) + "\n").encode()


def payload_of(content: bytes) -> bytes:
    """The statement within a signature file, whose signature is not looked at. Raises BundleError."""
    import base64  # noqa: PLC0415
    import binascii  # noqa: PLC0415

    data = _data(content)
    try:
        return base64.b64decode(data["payload"], validate=True)
    except binascii.Error:
        raise BundleError(f"{SIGNATURE}: its payload is not Base64") from None


def _data(content: bytes) -> dict[str, Any]:
    data = parse(content, SIGNATURE)
    wrong = BundleError(f"{SIGNATURE}: not a DSSE envelope with one signature")
    if not isinstance(data, dict) or data.keys() != {"payload", "payloadType", "signatures"}:
        raise wrong
    if data["payloadType"] != PAYLOAD or not isinstance(data["payload"], str):
        raise wrong
    signatures = data["signatures"]
    if not isinstance(signatures, list) or len(signatures) != 1 or not isinstance(signatures[0], dict):
        raise wrong
    if signatures[0].keys() != {"keyid", "sig"} or not all(isinstance(word, str) for word in signatures[0].values()):
        raise wrong
    if content != (json.dumps(data, indent=1) + "\n").encode():
        raise BundleError(f"{SIGNATURE}: not written as the suite writes it")
    return data


def verified(content: bytes, key: "SSlibKey") -> bytes:
    """The statement in the envelope, signed by this key. Raises BundleError."""
    from securesystemslib.dsse import Envelope  # noqa: PLC0415  # cryptography takes a while to load
    from securesystemslib.exceptions import VerificationError  # noqa: PLC0415

    data = _data(content)
    try:
        envelope = Envelope.from_dict(data)
        again = as_bytes(envelope)
    except (ValueError, KeyError) as error:
        raise BundleError(f"{SIGNATURE}: it cannot be read: {type(error).__name__}") from None
    if again != content:  # Base64 has several ways to write the same bytes
        raise BundleError(f"{SIGNATURE}: not written as the suite writes it")
    if key.keyid not in envelope.signatures:
        raise BundleError(f"{SIGNATURE}: signed by another key than the given one")
    try:
        envelope.verify([key], 1)
    except VerificationError:
        raise BundleError(f"{SIGNATURE}: the signature is not right") from None
    payload: bytes = envelope.payload
    return payload


def subjects(payload: bytes) -> dict[str, str]:
    """SHA-256 by name of what a statement speaks of. Raises BundleError."""
    data = parse(payload, f"{SIGNATURE}: statement")
    try:
        return {str(one["name"]): str(one["digest"]["sha256"]) for one in data["subject"]}
    except (KeyError, TypeError):
        raise BundleError(f"{SIGNATURE}: not a statement of in-toto") from None


def speaks_of(payload: bytes, files: dict[str, bytes], manifest: str) -> list[str]:
    """Whether the statement is about this manifest. `manifest`: its name."""
    if subjects(payload).get(manifest) != sha256(files[manifest]):
        return [f"{SIGNATURE}: it speaks of another {manifest}"]
    return []
