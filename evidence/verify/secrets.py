"""Secrets in a bundle's files, in clear or encoded. Findings say where and of what kind, never what."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final
from urllib.parse import unquote_to_bytes

from evidence.opened import shown
from spec.guarantees import HERE

# What stands in place of a password.
_HIDDEN: Final = rb"(?:\*\*\*|\.\.\.|<[^>]{0,99}>|\$\{[^}]{0,99}\}|\$\([^)]{0,99}\)|%s|\{\w{0,99}\}|x{3,99})"
_QUOTE: Final = rb"(?:'|&#x27;|&#39;)"
_URL: Final = rb"(?i)\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@'\"<>]{0,200}:"
_LITERAL: Final = rb"(?i)\bpassword\"?\s{0,9}=?\s{0,9}(?:E|U&)?"
_CONNECTION: Final = rb"(?i)\b(?:host|user|dbname|port|sslmode)=\S{1,200} (?:\S{1,200} ){0,8}password=(?!'?"
_KINDS: Final[dict[str, re.Pattern[bytes]]] = {
    kind: re.compile(pattern)
    for kind, pattern in {
        "a password in a URL": _URL + rb"(?!" + _HIDDEN + rb"@)[^\s/@'\"<>]{1,200}@",
        "a password literal": _LITERAL + _QUOTE + rb"(?!" + _HIDDEN + _QUOTE + rb")[^'\s&]{3,200}",
        "a password in a connection string": _CONNECTION + _HIDDEN + rb"[\s'\";,)])[^\s'\";,)]{3,200}",
        "an AWS access key": rb"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
        "an AWS secret key": rb"(?i)\baws_?(?:secret_?access_?key|session_?token)[\"'\s:=]{1,6}[A-Za-z0-9/+]{40}",
        "a private key": rb"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----",
        "a SCRAM verifier": rb"SCRAM-SHA-256\$\d{1,9}:[A-Za-z0-9+/=]{8,64}\$[A-Za-z0-9+/=]{20,64}:",
        "an md5 password": rb"\bmd5[0-9a-f]{32}\b",
        "a token": rb"\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_\w{40,255}|glpat-[\w-]{20,255}|xox[abprs]-[\w-]{20,255}"
        rb"|eyJ[\w-]{10,300}\.eyJ[\w-]{10,2000}\.[\w-]{20}|sk_live_\w{20})",
        "a bearer token": rb"(?i)\b(?:bearer|x-amz-security-token[\"':= ]{1,4})\s{0,4}[\w.~+/-]{40}",
    }.items()
}
# Without one of these (in lower case) there is none of the kind: most texts need no search.
_NEEDED: Final[dict[str, tuple[bytes, ...]]] = {
    "a password in a URL": (b"://",),
    "a password literal": (b"password",),
    "a password in a connection string": (b"password=",),
    "an AWS access key": (b"akia", b"asia"),
    "an AWS secret key": (b"aws",),
    "a private key": (b"private key",),
    "a SCRAM verifier": (b"scram-sha-256$",),
    "an md5 password": (b"md5",),
    "a token": (b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_", b"github_pat_", b"glpat-", b"xox", b"eyj", b"sk_live_"),
    "a bearer token": (b"bearer", b"x-amz-security-token"),
}
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/_-]{24,}={0,2}")
_PERCENT: Final = re.compile(rb"(?<![^\s\"'<>])[^\s\"'<>%]*+%[0-9A-Fa-f]{2}[^\s\"'<>]*+")  # linear
_ENTITY: Final = (
    (b"&#x27;", b"'"),
    (b"&#39;", b"'"),
    (b"&quot;", b'"'),
    (b'\\"', b'"'),
    (b"&amp;", b"&"),
    (b"\\n", b"\n"),
)


def _decoded(text: bytes) -> Iterator[bytes]:
    """Every part of the text that is Base64 or percent-encoded, decoded."""
    for found in _BASE64.finditer(text):
        run = found[0].replace(b"-", b"+").replace(b"_", b"/").rstrip(b"=")
        run = run[: len(run) - (len(run) % 4 == 1)]
        try:
            yield base64.b64decode(run + b"=" * (-len(run) % 4), validate=True)
        except binascii.Error:
            continue
    yield from (unquote_to_bytes(found[0]) for found in _PERCENT.finditer(text))


@cache
def _specification() -> bytes:
    """The data of the specification, which holds examples of addresses with passwords, and is no secret."""
    return b"\n".join(path.read_bytes() for path in sorted([*HERE.glob("*.toml"), *HERE.glob("*.md")]))


def _kinds(text: bytes) -> Iterator[tuple[str, int]]:
    lower = text.lower()
    for kind, pattern in _KINDS.items():
        if not any(word in lower for word in _NEEDED[kind]):
            continue
        yield from ((kind, found.start()) for found in pattern.finditer(text) if found[0] not in _specification())


def _line(text: bytes, at: int) -> int:
    return text.count(b"\n", 0, at) + 1


def secrets_in(name: str, content: bytes) -> list[str]:
    """What looks like a secret in one file: once per kind and line, and encoded ones once per kind."""
    plain = content
    for entity, char in _ENTITY:
        plain = plain.replace(entity, char)
    found = {f"{shown(name)}:{_line(plain, at)}: {kind}": None for kind, at in _kinds(plain)}
    seen = {kind for kind, _ in _kinds(plain)}
    once = b"\n".join(dict.fromkeys(_decoded(content)))
    twice = b"\n".join(dict.fromkeys(_decoded(once)))
    hidden = {kind for part in (once, twice) for kind, _ in _kinds(part)} - seen
    found |= {f"{shown(name)}: {kind}, encoded": None for kind in sorted(hidden)}
    return [*found]


def secrets_of(files: Mapping[str, bytes]) -> list[str]:
    """What looks like a secret in any file."""
    return [finding for name, content in files.items() for finding in secrets_in(name, content)]
