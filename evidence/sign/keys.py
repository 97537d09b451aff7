"""Keys: ECDSA P-256, in a PEM file or in AWS KMS."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from securesystemslib.signer import Signer, SSlibKey

PASSWORD: Final = "AMPLY_KEY_PASSWORD"  # noqa: S105  # a variable's name
KMS: Final = "awskms:"
_LARGEST: Final = 2**16  # bytes
_MISSING: Final = "signatures need securesystemslib and cryptography: pip install -r requirements-sign.txt"


class KeyUnusableError(Exception):
    """No usable key; the message is one line."""


def _pem(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise KeyUnusableError(f"{path}: {error.strerror}") from None
    if len(content) > _LARGEST:
        raise KeyUnusableError(f"{path}: no key: larger than {_LARGEST} bytes")
    return content


def _p256(key: object, what: str) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    curve = getattr(key, "curve", None)
    if not isinstance(curve, ec.SECP256R1):
        raise KeyUnusableError(f"{what}: not an ECDSA key on P-256 (prime256v1)")


def public_key(path: Path) -> "SSlibKey":
    """The public key in a PEM file. Raises KeyUnusableError."""
    content = _pem(path)
    try:
        from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
        from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415
        from securesystemslib.signer import SSlibKey  # noqa: PLC0415
    except ImportError:
        raise KeyUnusableError(_MISSING) from None
    try:
        key = load_pem_public_key(content)
    except (ValueError, UnsupportedAlgorithm):
        hint = "; this is the private one" if b"PRIVATE KEY" in content else ""
        raise KeyUnusableError(f"{path}: no public key in PEM{hint}") from None
    _p256(key, str(path))
    return SSlibKey.from_crypto(key)


def _of_file(path: Path) -> "Signer":
    content = _pem(path)
    try:
        from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
        from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415
        from securesystemslib.signer import CryptoSigner  # noqa: PLC0415
    except ImportError:
        raise KeyUnusableError(_MISSING) from None
    password = os.environ.get(PASSWORD, "").encode() or None
    encrypted = b"ENCRYPTED" in content
    try:
        key = load_pem_private_key(content, password if encrypted else None)
    except TypeError:
        raise KeyUnusableError(f"{path}: the key is encrypted; its password is expected in ${PASSWORD}") from None
    except (ValueError, UnsupportedAlgorithm):
        what = f"the password in ${PASSWORD} does not open it" if encrypted else "no private key in PEM"
        raise KeyUnusableError(f"{path}: {what}") from None
    _p256(key, str(path))
    return CryptoSigner(key)


def _of_kms(key_id: str) -> "Signer":
    try:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415
        from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415
        from securesystemslib.exceptions import Error  # noqa: PLC0415
        from securesystemslib.signer import AWSSigner, SSlibKey  # noqa: PLC0415
    except ImportError:
        raise KeyUnusableError(_MISSING) from None
    try:
        _, found = AWSSigner.import_(key_id, "ecdsa-sha2-nistp256")
        public = load_pem_public_key(found.keyval["public"].encode())
        _p256(public, key_id)  # another curve has the same algorithm there
        return AWSSigner(key_id, SSlibKey.from_crypto(public))  # the id that the public key's file has too
    except (BotoCoreError, ClientError, Error, ValueError) as error:
        raise KeyUnusableError(f"AWS KMS, {key_id}: {error}") from None


def signer(given: str) -> "Signer":
    """The signer for `--key`. Raises KeyUnusableError."""
    if given.startswith(KMS):
        return _of_kms(given.removeprefix(KMS))
    return _of_file(Path(given))
