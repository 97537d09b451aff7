"""What is signed: an in-toto Statement with the predicate test-result, as plain JSON."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from evidence.annotations import decides
from evidence.manifest import MANIFEST, sha256
from evidence.record import EVIDENCE

TYPE: Final = "https://in-toto.io/Statement/v1"
PREDICATE: Final = "https://in-toto.io/attestation/test-result/v0.1"
PAYLOAD: Final = "application/vnd.in-toto+json"


def _configuration(document: Mapping[str, Any], files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """What the result came from, as resource descriptors: our own words stand in their annotations."""
    suite, candidate = document["suite"], document["candidate"]
    told = {key: document[key] for key in ("verdict", "scope", "require", "started", "finished")}
    found: list[dict[str, Any]] = [
        {"name": EVIDENCE, "digest": {"sha256": sha256(files[EVIDENCE])}, "annotations": told},
        {"name": "specification", "digest": {"sha256": suite["spec_sha256"]}},
    ]
    if re.fullmatch(r"[0-9a-f]{40}", suite["commit"]):
        found.append({"name": "suite", "digest": {"gitCommit": suite["commit"]}})
    if candidate["catalog_sha256"]:
        found.append({"name": "catalog", "digest": {"sha256": candidate["catalog_sha256"]}})
    for source in candidate["sources"]:
        told = {"file": source["file"], "redacted": source["redacted"]}
        found.append({"name": source["path"], "digest": {"sha256": source["sha256"]}, "annotations": told})
    return found


def statement(document: Mapping[str, Any], files: Mapping[str, bytes], listed: Mapping[str, str]) -> bytes:
    """The statement about a bundle. `files`: contents; `listed`: SHA-256 by name, as in the manifest.

    test-result knows no "skipped": an incomplete run failed. What is broken without deciding (`--require core`) warns.
    """
    subject = {**listed, MANIFEST: sha256(files[MANIFEST])}
    tests: dict[str, list[str]] = {"passedTests": [], "warnedTests": [], "failedTests": []}
    for one in document["guarantees"]:
        kind = "passedTests" if one["verdict"] == "kept" else "failedTests"
        if one["verdict"] == "deviates" or (kind == "failedTests" and not decides(one, document)):
            kind = "warnedTests"
        tests[kind].append(one["id"])
    content = {
        "_type": TYPE,
        "subject": [{"name": name, "digest": {"sha256": subject[name]}} for name in sorted(subject)],
        "predicateType": PREDICATE,
        "predicate": {
            "result": "PASSED" if document["verdict"] == "kept" else "FAILED",
            "configuration": _configuration(document, files),
            **tests,
        },
    }
    return json.dumps(content, indent=1, ensure_ascii=False).encode()
