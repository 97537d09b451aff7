"""What a server of our own wrote to its log."""

import re
from pathlib import Path
from typing import Final

from support.operations_server import log_of
from support.server import Server

# Under the default log_line_prefix; statements of one line, in the simple and in the extended protocol.
_LINE: Final = re.compile(
    r"\[(?P<pid>\d+)\] LOG:  (?:duration: (?P<ms>[\d.]+) ms)?\s*(?:(?:statement|execute [^:]*): (?P<sql>.*))?"
)
SLOW: Final = 1000.0  # ms


class ServerLog:
    """The log from this moment on."""

    def __init__(self, server: Server) -> None:
        self._path: Path = log_of(server)
        self._begin = self._path.stat().st_size

    def _lines(self) -> list[re.Match[str]]:
        with self._path.open("rb") as file:
            file.seek(self._begin)
            text = file.read().decode(errors="replace")
        return [found for line in text.splitlines() if (found := _LINE.search(line))]

    def statements(self) -> set[str]:
        """The statements that were logged, whatever for."""
        return {found["sql"].strip() for found in self._lines() if found["sql"]}

    def slow(self) -> set[str]:
        """The statements that were logged with a duration of a second or more, there or on the session's next line."""
        last: dict[str, str] = {}
        slow = set()
        for found in self._lines():
            last[found["pid"]] = (found["sql"] or last.get(found["pid"], "")).strip()
            if float(found["ms"] or 0) >= SLOW:
                slow.add(last[found["pid"]])
        return slow
