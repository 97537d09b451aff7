"""Text that others wrote, made harmless: for files that people and tools read, and for one line of a workflow command."""

import html
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

_LONGEST: Final = 2000  # characters
_MOST_LINES: Final = 30
WHOLE: Final = 20_000  # characters of one text in a file that is to show all of it
_NONE: Final = 0xFFFE  # this code point and the next are no character in any plane, and XML forbids the first two


def _harmless(char: str) -> str:
    bad = unicodedata.category(char) in ("Cc", "Cf", "Cs") or ord(char) & _NONE == _NONE
    return "\ufffd" if bad and char not in "\n\t" else char


def readable(text: str, longest: int = WHOLE) -> str:
    """The text without control characters, marks that turn its direction, half characters and such as are none."""
    if not text.isprintable() or not text.isascii():
        text = text[: longest * 2 + 2].replace("\r\n", "\n").replace("\r", "\n")
        text = "".join(map(_harmless, text[: longest + 1]))
    return text if len(text) <= longest else text[:longest] + " ..."


def plain(text: str, longest: int = _LONGEST) -> str:
    """The same of a text's first lines, cut at `longest` characters."""
    lines = text[: longest * 4].replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")
    return readable("\n".join([*lines[:_MOST_LINES], *["..."] * (len(lines) > _MOST_LINES)]), longest)


def line(text: str, longest: int = 300) -> str:
    """The same in one line."""
    return " ".join(plain(text, longest).split())


def escaped(text: str) -> str:
    """For use within an HTML block of Markdown: no element, no entity, and no blank line, which would end the block."""
    return html.escape(text).replace("\n", "&#10;")


def code(text: str, longest: int = 300) -> str:
    """One line in <code>: GitHub makes no link, mention or reference of what stands there."""
    return f"<code>{escaped(line(text, longest))}</code>"


def block(text: str) -> str:
    """Several lines in <pre>, to the same effect."""
    return f"<pre>{escaped(plain(text))}</pre>"


def data(text: str) -> str:
    """The message of a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def value(text: str) -> str:
    """A property of a workflow command."""
    return data(text).replace(":", "%3A").replace(",", "%2C")


def whole(value: Any) -> Any:
    """A document with every text in it readable, names of fields as well."""
    if isinstance(value, str):
        return readable(value)
    if isinstance(value, Mapping):
        return {readable(str(name)): whole(one) for name, one in value.items()}
    return [whole(one) for one in value] if isinstance(value, list | tuple) else value
