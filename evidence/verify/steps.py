"""The checks of `verify`, in their order: first what the bundle is, then what it says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from evidence.manifest import ATTACHED, MANIFEST, BundleError, Listed, sha256
from evidence.opened import Opened, differences, listing
from evidence.record import EVIDENCE
from evidence.shape import checked, moment
from evidence.sign import envelope
from evidence.sign.statement import statement
from evidence.strict_json import parse
from evidence.verify import candidate, catalogue, moments, projected, secrets, verdicts
from evidence.verify.outcome import Outcome

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from securesystemslib.signer import SSlibKey

_DIGITS: Final = 7  # at least, of an expected commit


@dataclass(frozen=True)
class Wanted:
    """What the caller knows of the bundle from elsewhere."""

    now: datetime
    key: "SSlibKey | None" = None
    roots: "list[Certificate] | None" = None
    previous: Opened | None = None
    commit: str = ""
    verdict: str = ""
    age: timedelta | None = None
    other_spec: bool = False


def _signature(found: Outcome, seen: Opened, wanted: Wanted) -> bytes | None:
    """Check the signature over the manifest's bytes. Returns the statement, if there is one."""
    content = seen.files.get(envelope.SIGNATURE)
    if content is None:
        why = [f"{envelope.SIGNATURE}: missing, but a key was given"] if wanted.key else []
        found.add("signature", why, unchecked="the bundle is not signed")
        return None
    try:
        payload = envelope.verified(content, wanted.key) if wanted.key else envelope.payload_of(content)
        wrong = envelope.speaks_of(payload, seen.files, MANIFEST)
    except BundleError as error:
        found.add("signature", [str(error)])
        return None
    said = f"by key {wanted.key.keyid[:16]}, over {MANIFEST}" if wanted.key else ""
    found.add("signature", wrong, said, unchecked="" if wanted.key else "no key given (--key)")
    return None if wrong else payload


def _timestamp(found: Outcome, seen: Opened, wanted: Wanted) -> datetime | None:
    """Check the time stamp of the signature. Returns its time."""
    content, signed = seen.files.get(envelope.TIMESTAMP), seen.files.get(envelope.SIGNATURE)
    if content is None:
        if wanted.roots:
            found.add("time stamp", [f"{envelope.TIMESTAMP}: missing, but a root was given"])
        return None
    if signed is None:
        found.add("time stamp", [f"{envelope.TIMESTAMP}: there is no signature that it could be of"])
        return None
    if not wanted.roots:
        found.add("time stamp", unchecked="no root given (--timestamp-root)")
        return None
    from evidence.sign.timestamp import stamped  # noqa: PLC0415  # its libraries are for whoever asks

    try:
        at = stamped(content, signed, wanted.roots)
    except BundleError as error:
        found.add("time stamp", [str(error)])
        return None
    late = (
        [f"{envelope.TIMESTAMP}: {at:%Y-%m-%dT%H:%M:%SZ} is in the future"] if at > wanted.now + moments.CLOCKS else []
    )
    found.add("time stamp", late, f"signed before {at:%Y-%m-%dT%H:%M:%SZ}")
    return at


def _whole(
    found: Outcome, seen: Opened, wanted: Wanted
) -> tuple[dict[str, Listed], str, bytes | None, datetime | None]:
    """Everything that is checked before anything is parsed. Returns listed files, time, statement, time stamp."""
    found.add("files", seen.findings, f"{len(seen.files)} plain files, no links")
    if MANIFEST not in seen.files:
        return {}, "", None, None
    payload, at = _signature(found, seen, wanted), _timestamp(found, seen, wanted)
    if found.findings:
        return {}, "", None, None
    try:
        listed, created, before = listing(seen.files[MANIFEST])
        wrong = differences(seen, listed)
    except BundleError as error:
        found.add("manifest", [str(error)])
        return {}, "", None, None
    found.add("manifest", wrong, f"{len(listed)} files, none missing, none more, all with the right digest")
    if wanted.previous:
        found.add("chain", moments.of_chain(wanted.previous, before, created), "the bundle before is the one given")
    elif before:
        found.add("chain", unchecked="the bundle before was not given (--previous)")
    return listed, created, payload, at


def _made_by(found: Outcome, document: Mapping[str, Any], wanted: Wanted) -> None:
    """Suite and specification: are they those of this checkout, and those that were expected?"""
    made_by, wrong = document["suite"]["commit"], []
    if wanted.commit:
        commit = made_by.removesuffix("+changes")
        if len(wanted.commit) < _DIGITS or not commit.startswith(wanted.commit.lower()):
            wrong.append(f"made by commit {made_by or '(unknown)'}, not by {wanted.commit}")
        elif commit != made_by:
            wrong.append(f"made by {made_by}: not what was committed")
    why = [] if wanted.commit or not made_by.endswith("+changes") else ["the suite was not as committed (+changes)"]
    found.add("suite", wrong, f"{document['suite']['version']} {made_by or 'of unknown commit'}", why)
    if catalogue.same_specification(document):
        found.add(
            "guarantees",
            catalogue.compared(document),
            f"{len(document['guarantees'])}, those of the specification in this checkout",
            catalogue.remarks(document),
        )
    elif wanted.other_spec:
        found.add("guarantees", unchecked="made by another specification than this checkout's")
    else:
        found.add("guarantees", ["made by another specification than this checkout's (--other-spec lets it pass)"])


def _projected(found: Outcome, files: Mapping[str, bytes], document: Mapping[str, Any]) -> None:
    """The files made of evidence.json; and, of the same suite, whether kept guarantees were shown by all of their tests."""
    same = projected.same_suite(document, projected.ours())
    strange = [name for name in files if name not in projected.NAMES | {candidate.CATALOG}]
    more = [f"{name}: no file that a bundle has" for name in strange if not name.startswith(candidate.FOLDER)]
    try:
        made = projected.again(document) if same else {EVIDENCE: projected.written(document)}
        wrong = projected.bytes_differ(files, made)
    except BundleError as error:
        found.add("projections", [str(error)])
        return
    # Byte by byte says which file; what it tells otherwise says which guarantee.
    wrong += projected.content_differs({name: files[name] for name in files if files[name] != made.get(name)}, document)
    left = sorted(name for name in projected.NAMES if name not in files and name not in made)
    remarks = [f"not in the bundle, and not made again: {', '.join(left)}"] if left else []
    how = "byte by byte" if same else "by what they tell: another version or commit of the suite made them"
    found.add("projections", [*more, *wrong], f"compared {how}", remarks)
    if same:
        found.add("tests", catalogue.unshown(document), "every kept guarantee was shown by all of its test functions")
    else:
        found.add("tests", unchecked="another version or commit of the suite may have other tests")


def _parsed(found: Outcome, files: Mapping[str, bytes]) -> dict[str, Any] | None:
    try:
        document = checked(parse(files.get(EVIDENCE, b""), EVIDENCE))
    except BundleError as error:
        found.add("form", [str(error)])
        return None
    found.add("form", said=document["format"])
    return document


def verify(seen: Opened, wanted: Wanted) -> Outcome:
    """All checks. What is not whole is not parsed, and what has not its form is not judged."""
    found = Outcome()
    listed, created, payload, at = _whole(found, seen, wanted)
    if found.findings or not listed:
        found.add("content", [] if found.findings else [f"{MANIFEST}: it lists nothing"], unchecked="not parsed")
        return found
    files = {name: content for name, content in seen.files.items() if name not in (MANIFEST, *ATTACHED)}
    if (document := _parsed(found, files)) is None:
        return found
    told = f"{document['scope']}, {document['verdict']}, {len(document['guarantees'])} guarantees"
    wrong = [*verdicts.of_guarantees(document), *verdicts.of_run(document)]
    if wanted.verdict and document["verdict"] != wanted.verdict:
        wrong.append(f"the run is {document['verdict']}, not {wanted.verdict}")
    found.add("verdicts", wrong, f"computed again from the tests: {told}")
    _made_by(found, document, wanted)
    _projected(found, files, document)
    sources = [*candidate.of_files(files, document), *candidate.of_catalog(files, document)]
    found.add("candidate", sources, "files and catalogue have their digests", candidate.remarks(document))
    if payload is not None:
        digests = {name: sha256(content) for name, content in files.items()}
        same = payload == statement(document, seen.files, digests)
        found.add("statement", [] if same else [f"{envelope.SIGNATURE}: it states something else"], "says the same")
    found.add("secrets", secrets.secrets_of(seen.files), "none found")
    late = [*moments.of_clock(document, created, wanted.now)]
    if wanted.age is not None:
        late += moments.of_age(moment(document["finished"], "finished"), wanted.age, wanted.now, "finished")
        late += moments.of_age(at, wanted.age, wanted.now, "time stamp") if at else []
    found.add("time", late, f"finished {document['finished']}")
    return found
