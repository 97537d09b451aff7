"""manifest.json: the digest of every file of a bundle, and of the bundle before it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FORMAT: Final = "amply-compliance-manifest/1"
MANIFEST: Final = "manifest.json"
# What is added to a bundle after it was written, and speaks of its manifest.
ATTACHED: Final = ("signature.json", "timestamp.tsr")


class BundleError(ValueError):
    """The directory is no bundle; the message says file and reason."""


@dataclass(frozen=True)
class Listed:
    """One file of a bundle."""

    sha256: str
    bytes: int


def sha256(content: bytes) -> str:
    """The digest, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def manifest(files: Mapping[str, bytes], previous: bytes | None, created: str) -> bytes:
    """The manifest of these files; `previous`: the manifest of the bundle before, `created`: ISO 8601 in UTC."""
    content: dict[str, Any] = {
        "format": FORMAT,
        "created": created,
        "previous": {"manifest_sha256": sha256(previous)} if previous is not None else None,
        "files": {name: {"sha256": sha256(files[name]), "bytes": len(files[name])} for name in sorted(files)},
    }
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def read(folder: Path) -> bytes:
    """The bytes of a bundle's manifest. Raises BundleError if there is none."""
    try:
        return (folder / MANIFEST).read_bytes()
    except OSError as error:
        raise BundleError(f"{folder / MANIFEST}: {error.strerror}") from None


def listed(content: bytes) -> dict[str, Listed]:
    """The files that a manifest lists, by their path in the bundle. Raises BundleError."""
    try:
        data = json.loads(content)
        found = {str(name): Listed(str(one["sha256"]), int(one["bytes"])) for name, one in data["files"].items()}
        known = data["format"] == FORMAT
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BundleError(f"{MANIFEST}: it cannot be read: {type(error).__name__}") from None
    if not known:
        raise BundleError(f"{MANIFEST}: its format is not {FORMAT}")
    return found
