"""The revisions of an Alembic project, in the order in which they are applied."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from support.candidate import CandidateError
from support.migrations import Project, failure, run
from support.server import Server

_REVISION: Final = re.compile(r"^Rev: (?P<id>\S+)(?P<marks>.*)$", re.MULTILINE)
_PATH: Final = re.compile(r"^Path: (?P<path>.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Revision:
    """One migration: its id, its file, and whether no other follows it."""

    id: str
    path: str
    head: bool

    @property
    def name(self) -> str:
        """The id, and the file it stands in."""
        return f"{self.id} ({Path(self.path).name})" if self.path else self.id


def parsed(history: str) -> list[Revision]:
    """The revisions in what `alembic history --verbose` prints, which is newest first; ours are oldest first."""
    found = []
    starts = [*_REVISION.finditer(history)]
    ends = [*(start.start() for start in starts[1:]), len(history)]
    for start, end in zip(starts, ends, strict=True):
        path = _PATH.search(history, start.end(), end)
        found.append(Revision(start["id"], path["path"].strip() if path else "", "(head)" in start["marks"]))
    return found[::-1]


def revisions(project: Project, server: Server) -> list[Revision]:
    """All revisions, each after those it follows. Raises CandidateError if Alembic cannot tell."""
    done = run(project, server, ("history", "--verbose"))
    if done.returncode:
        raise CandidateError(failure(project, server, done.stdout + done.stderr))
    return parsed(done.stdout)
