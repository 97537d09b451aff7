"""Passwords in what somebody wrote: SQL in all its spellings, connection strings, Python, an ini. They are masked here.

A secret that nothing announces ("COMMENT ... IS 'hunter2'") cannot be told from any other word: docs/evidence.md.
"""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

_GAP: Final = r"(?:\s|--[^\n]*\n|/\*.{0,2000}?\*/)*+"


def _literal(tag: str) -> str:
    """A literal of SQL: within a string of its own (quotes doubled), with backslashes, plain, in dollars, over lines."""
    continued = r"(?:[ \t]*\n\s*'(?:[^']|'')*+')*"
    return (
        r"(?:(?:[EU]&?)?''(?:[^'\\]|\\(?:''|.)|'''')*+''|(?:[EU]&?)?''(?:[^']|'''')*+''"
        rf"|E'(?:[^'\\]|\\.|'')*+'{continued}|(?:U&)?'(?:[^']|'')*+'{continued}|(?P<{tag}>\$\w*\$).*?(?P={tag}))"
    )


_JOIN: Final = r"\s*\|\|\s*(?:[\w.]+\s*\(\s*)?"  # || quote_literal(


def _chain(tag: str) -> str:
    """Literals, joined by ||; the first may follow the end of a string."""
    return rf"(?:'+{_JOIN})?{_literal(tag + '1')}(?:{_JOIN}{_literal(tag + '2')}\)?)*"


_TYPE: Final = (
    r"(?:\s+CONSTANT)?(?:\s+(?:text|(?:character\s+)?varying|varchar|name|char)(?:\(\d+\))?)?(?:\s+NOT\s+NULL)?"
)
_ASSIGNED: Final = rf"(?:\s*:\s*\w+(?=\s*=)|{_TYPE})\s*(?::=|=>|=|:(?!:)|DEFAULT(?=\W))\s*"
_IN_QUOTES: Final = r'"(?:[^"\\]|\\.)*"'
_WORD: Final = r"(?:password|passwd|passphrase|pwd|secret)\d*(?!\w)"
_PASSWORD: Final = re.compile(
    rf"""(?P<named>{_WORD}["']?)(?:{_ASSIGNED}|(?<=["'])\s*,\s*)(?:{_chain("a")}|{_IN_QUOTES})
    |(?P<word>password["']?)(?!\w|['"]?\s*,\s*[\w$]){_GAP}=?{_GAP}(?P<stated>{_chain("b")})
    |(?P<key>{_WORD}["']?)(?:\s*=\s*|:\s+)(?P<value>(?:[^\s'"]|''|"(?=\w))+)""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
# format('... PASSWORD %L', ...): every literal among the arguments.
_FORMAT: Final = re.compile(
    rf"(?P<head>password\s+'*%(?:\d+\$)?[LS](?:[^;,'$]|'+(?=\s*,)|\$\w*\$(?=\s*,)|;(?=\s*['$]))*)"
    rf"(?P<rest>,(?:{_literal('e')}|[^;'$])*+)",
    re.IGNORECASE | re.DOTALL,
)
_ANY_LITERAL: Final = re.compile(_literal("f"), re.IGNORECASE | re.DOTALL)
# To SQLAlchemy the last @ ends the password. The limits, here and above: what others wrote is searched in good time.
_SIGN: Final = r"""(?:[^\s'"@]|"(?=\w))"""
_IN_URL: Final = re.compile(
    rf"""(?P<before>\b[a-z][a-z0-9+.-]*://[^\s:/@'"]*:)(?P<password>{_SIGN}{{1,2000}}+(?:@{_SIGN}{{0,2000}}+(?=@))*)@""",
    re.IGNORECASE,
)
_BY_ITSELF: Final = re.compile(
    r"SCRAM-SHA-256\$\d+:[\w+/=]+\$[\w+/=]+:[\w+/=]+|\bmd5[0-9a-f]{32}\b|\bgh[opsur]_\w{20,}|\bgithub_pat_\w{20,}"
)


def masked(text: str) -> str:
    """The text without the passwords in its statements and URLs, line by line what it was."""
    text = _BY_ITSELF.sub("***", in_urls(text))
    text = _FORMAT.sub(
        lambda found: found["head"] + _ANY_LITERAL.sub(lambda one: f"'***'{_lines(one)}", found["rest"]), text
    )
    return _PASSWORD.sub(_masked, text)


def hidden(text: str) -> str:
    """The same in one line."""
    return " ".join(masked(text).split())


def in_urls(text: str) -> str:
    """The text without the passwords in its URLs alone."""
    return _IN_URL.sub(r"\g<before>***@", text)


def stated(text: str) -> Iterator[str]:
    """The passwords that the text states beyond doubt: in PASSWORD '...', in a connection string."""
    for found in _IN_URL.finditer(text):
        # A sign that should have been quoted makes libpq take a part of it for a host or a port, and say so.
        yield from (found["password"], *re.split(r"[/?#@:]", found["password"]))
        yield from map(unquote, (found["password"], *re.split(r"[/?#@:]", found["password"])))
    for found in _PASSWORD.finditer(text):
        if found["stated"]:
            yield from map(_value, (one[0] for one in _ANY_LITERAL.finditer(found["stated"])))
        elif found["value"] and not re.search(r"\s=|=\s|:\s|[().$%{]", found[0]):
            yield found["value"]


def _lines(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


def _masked(found: re.Match[str]) -> str:
    if found["value"]:
        return found[0].removesuffix(found["value"]) + "***"
    return f"{found['word'] or found['named']} '***'{_lines(found)}"


def _value(literal: str) -> str:
    """What a literal stands for, as far as it can be told without the server."""
    if dollars := re.fullmatch(r"(\$\w*\$)(.*)\1", literal, re.DOTALL):
        return dollars[2]
    escaped, text = literal[:1] in "eE", literal.lstrip("eEuU&")
    text = text[2:-2].replace("''''", "'") if text.startswith("''") and len(text) > 2 else text[1:-1].replace("''", "'")
    return re.sub(r"\\(.)", r"\1", text) if escaped else text
