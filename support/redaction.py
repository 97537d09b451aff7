"""What this process knows to be secret, and text without it, however it is encoded.

Whoever gets hold of a secret says so (`learn`); whoever writes for others writes `redacted` text. Imports nothing of the
specification: it is loaded before anything else, so that a run that ends early is redacted too.
"""

import base64
import html
import json
import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, quote_plus

from support.passwords import in_urls, stated

_LONG: Final = 8  # characters: what stands nowhere by chance; shorter ones are masked where a password is expected
# Passwords of throw-away servers that are everybody's words: to mask them everywhere would hide what is said.
_WORDS: Final = re.compile(r"(amply|postgres|postgresql)(_[a-z]+)*|password|localhost", re.IGNORECASE)
_SECRET: Final = re.compile(
    r"PASS(WORD|WD|PHRASE)?(_|$)|SECRET|TOKEN|CREDENTIAL|(PRIVATE|API|ACCESS|DEPLOY|SSH|SIGNING|ENCRYPTION)_?KEY(?!_ID)|PGPASSWORD"
)
_known: Final[set[str]] = set()
_long: tuple[str, ...] = ()  # every form, the longest first
_short: re.Pattern[str] | None = None


def _base64(secret: bytes) -> Iterable[str]:
    """What of it stands in base64 wherever it begins in a group of three bytes, in both alphabets."""
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for shift in range(3):
            whole = encode(b"\0" * shift + secret).decode()
            end = len(whole) if (len(secret) + shift) % 3 == 0 else len(whole) - 4
            yield whole[4 * bool(shift) : end]


def _forms(secret: str) -> set[str]:
    raw = secret.encode(errors="surrogatepass")
    plain = {
        secret,
        repr(secret)[1:-1],
        html.escape(secret),
        html.escape(secret, quote=False),
        secret.replace("'", "''"),
    }
    plain |= {json.dumps(secret, ensure_ascii=ascii_)[1:-1] for ascii_ in (True, False)}
    plain |= {repr(one)[1:-1] for one in [*plain]} | {json.dumps(one)[1:-1] for one in [*plain]}
    urls = {
        quote(secret, safe="", errors="replace"),
        quote(secret, errors="replace"),
        quote_plus(secret, errors="replace"),
    }
    urls |= {re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), one) for one in urls}
    return {*plain, *urls, raw.hex(), raw.hex().upper(), *_base64(raw)}


def learn(*secrets: str | None) -> None:
    """These are secrets of the run; of several lines, each by itself too."""
    global _long, _short  # noqa: PLW0603  # one process, one set of secrets
    new = {one for secret in secrets if secret for one in (secret, *secret.splitlines()) if one.strip()} - _known
    if not new:
        return
    _known.update(new)
    rare = {one for one in _known if len(one) >= _LONG and not _WORDS.fullmatch(one)}
    forms = {form for one in rare for form in _forms(one) if len(form) >= _LONG}
    _long = tuple(sorted(forms, key=lambda form: (-len(form), form)))
    short = {re.escape(one) for one in _known - rare}
    words = r"(password=|password': |password\": |:)(['\"]?)"
    _short = re.compile(rf"{words}(?:{'|'.join(sorted(short))})(?=['\"@\s]|$)") if short else None


def learn_from(text: str) -> None:
    """The passwords of a DSN, or of whatever else states some."""
    learn(*stated(text))


def _pgpass(file: Path) -> Iterable[str]:
    with suppress(OSError, ValueError):
        for line in file.read_text(encoding="utf-8").splitlines():
            fields = re.split(r"(?<!\\):", line, maxsplit=4)
            if len(fields) == 5 and not line.startswith("#"):
                yield re.sub(r"\\(.)", r"\1", fields[4])


def learn_environment(environment: Mapping[str, str]) -> None:
    """What environment variables, and the password file that they name, hold by their names or as URLs."""
    for name, value in environment.items():
        if _SECRET.search(name.upper()) and not Path(value[:200]).is_absolute():
            learn(value)
        learn_from(value)
    learn(*_pgpass(Path(environment.get("PGPASSFILE") or Path(os.path.expanduser("~"), ".pgpass"))))  # noqa: PTH111


def redacted(text: str) -> str:
    """The text without what is known to be secret, and without passwords in URLs."""
    text = in_urls(text) if "://" in text else text
    for form in _long:  # ten times as fast as one pattern of them all
        if form in text:
            text = text.replace(form, "***")
    return _short.sub(r"\1\2***", text) if _short else text


def redacted_whole(value: Any) -> Any:
    """The same for everything in a value that JSON can hold, names of fields included."""
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, Mapping):
        return {redacted_whole(key): redacted_whole(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(redacted_whole, value))
    return value
