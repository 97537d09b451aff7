"""Text that others wrote, made harmless: for a Markdown file, and for one line of a workflow command."""

import html
import unicodedata
from typing import Final

_LONGEST: Final = 2000  # characters
_MOST_LINES: Final = 30


def plain(text: str, longest: int = _LONGEST) -> str:
    """The text without control characters, marks that turn its direction and half characters; cut at `longest`."""
    lines = text[: longest * 4].replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")
    text = "\n".join([*lines[:_MOST_LINES], *["..."] * (len(lines) > _MOST_LINES)])
    seen = "".join(
        "\ufffd" if unicodedata.category(char) in ("Cc", "Cf", "Cs") and char not in "\n\t" else char
        for char in text[: longest + 1]
    )
    return seen if len(seen) <= longest else seen[:longest] + " ..."


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
