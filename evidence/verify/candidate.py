"""The candidate's files and catalogue against what evidence.json says of them."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from evidence.manifest import BundleError, sha256
from evidence.opened import shown
from evidence.strict_json import parse

CATALOG: Final = "catalog.json"
FOLDER: Final = "candidate/"
_MASKED: Final = (b"***", b"\xef\xbf\xbd")  # in place of a password, or of bytes that are no text


def digest(found: Mapping[str, Any]) -> str:
    """As support.catalog_digest, which needs a driver of PostgreSQL to import."""
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest() if found else ""


def catalog(files: Mapping[str, bytes]) -> dict[str, str]:
    """The catalogue's objects by name. Raises BundleError."""
    found = parse(files.get(CATALOG, b"{}"), CATALOG)
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        raise BundleError(f"{CATALOG}: texts by name are expected")
    return found


def of_files(files: Mapping[str, bytes], document: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the candidate's files."""
    sources = document["candidate"]["sources"]
    names = Counter(source["file"] for source in sources)
    yield from (f"{shown(name)}: two sources name it" for name, times in names.items() if times > 1)
    yield from (f"{shown(name)}: no source names it" for name in files if name.startswith(FOLDER) and name not in names)
    for number, source in enumerate(sources, 1):
        name = source["file"]
        if not name.startswith(f"{FOLDER}{number:03d}-") or name not in files:
            yield f"{shown(name)}: no file of the candidate with this number"
            continue
        same = sha256(files[name]) == source["sha256"]
        if same is source["redacted"]:
            yield f"{shown(name)}: " + ("nothing is redacted in it" if same else "its digest is not the source's")
        elif source["redacted"] and not any(mark in files[name] for mark in _MASKED):
            yield f"{shown(name)}: said to be redacted, but nothing in it is masked"


def of_catalog(files: Mapping[str, bytes], document: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the catalogue."""
    try:
        if digest(catalog(files)) != document["candidate"]["catalog_sha256"]:
            yield f"{CATALOG}: its digest is not the one in evidence.json"
    except BundleError as error:
        yield str(error)


def remarks(document: Mapping[str, Any]) -> Iterator[str]:
    """What cannot be checked of the candidate."""
    redacted = [source["file"] for source in document["candidate"]["sources"] if source["redacted"]]
    if redacted:
        yield f"without their passwords, so not comparable with their digests: {', '.join(map(shown, redacted))}"
