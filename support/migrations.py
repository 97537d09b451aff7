"""An Alembic project as the candidate: its migrations, run as the master user on the disposable server."""

import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from spec import OWNER
from support import child
from support.candidate import CandidateError, Source
from support.guard import alive
from support.passwords import hidden
from support.rds_like import DATABASE
from support.server import Server

_URL: Final = re.compile(r"^sqlalchemy\.url[ \t]*[=:].*$", re.MULTILINE)
_MINUTES: Final = 10  # until migrations that do not end count as hung
# What env.py may take its URL from besides the ini: as Amply's own does.
_VARIABLES: Final = ("DATABASE_URL", "SQLALCHEMY_DATABASE_URL", "SQLALCHEMY_DATABASE_URI")


@dataclass(frozen=True)
class Project:
    """The project's ini, the words that start Alembic (empty for ours), and the revision that is judged, or several of
    different branches, separated by commas."""

    ini: Path
    command: tuple[str, ...] = ()
    revision: str = "heads"

    @property
    def folder(self) -> Path:
        """Where it is run."""
        return self.ini.parent

    def sources(self) -> list[Source]:
        """The ini and every Python file below it that is part of the migrations."""
        files = [self.ini, *sorted(self.folder.rglob("env.py")), *sorted(self.folder.rglob("versions/**/*.py"))]
        seen = dict.fromkeys(path for path in files if ".venv" not in path.parts and "site-packages" not in path.parts)
        return [Source.of(path.as_posix(), path.read_bytes()) for path in seen]


def _driver(project: Project, text: str) -> str:
    """What the URL says of the driver that the project's env.py expects, such as `+asyncpg`.

    The ini's; else asyncpg if env.py speaks of it; else ours, or in the application's environment what it takes by default.
    """
    if found := re.search(r"^sqlalchemy\.url[ \t]*[=:][ \t]*postgres(?:ql)?\+(\w+)://", text, re.MULTILINE):
        return f"+{found[1]}"
    environments = " ".join(
        path.read_text(encoding="utf-8", errors="replace") for path in project.folder.rglob("env.py")
    )
    if "asyncpg" in environments or "async_engine" in environments:
        return "+asyncpg"
    return "" if project.command else "+psycopg"


def url(server: Server, driver: str) -> str:
    """SQLAlchemy's URL of the candidate's database, for the master user; holds a password."""
    login = f"{OWNER}:{quote(server.passwords[OWNER], safe='')}"
    host = "127.0.0.1" if server.loopback else server.host
    if host.startswith("/"):
        return f"postgresql{driver}://{login}@/{DATABASE}?host={quote(host, safe='')}&port={server.port}"
    return f"postgresql{driver}://{login}@{host}:{server.port}/{DATABASE}"


@contextmanager
def _ini_for(project: Project, text: str, target: str) -> Iterator[Path]:
    """A copy of the ini beside it, with our URL in it: whatever env.py reads, no other database is reached."""
    line = f"sqlalchemy.url = {target.replace('%', '%%')}"
    content = (
        _URL.sub(lambda _: line, text)
        if _URL.search(text)
        else re.sub(r"(?m)^\[alembic\][^\n]*$", rf"[alembic]\n{line}".replace("\\", r"\\"), text, count=1)
    )
    for left in project.folder.glob(".amply-compliance-*-*.ini"):  # of a run that was killed
        pid = left.name.split("-")[2]
        if pid.isdigit() and not alive(int(pid)):
            left.unlink(missing_ok=True)
    copy = project.folder / f".amply-compliance-{os.getpid()}-{secrets.token_hex(4)}.ini"
    try:
        descriptor = os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except OSError as error:
        raise CandidateError(f"{project.folder}: a copy of the ini cannot be written here: {error.strerror}") from None
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content)
        yield copy
    finally:
        copy.unlink(missing_ok=True)


def run(project: Project, server: Server, words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """One Alembic command on the candidate's database, such as ("upgrade", "head").

    Raises CandidateError if the ini cannot be used, Alembic not be started, or does not end.
    """
    try:
        text = project.ini.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CandidateError(f"{project.ini}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise CandidateError(f"{project.ini}: not UTF-8: {error.reason}") from None
    if not re.search(r"(?m)^\[alembic\]", text):
        raise CandidateError(f"{project.ini}:1: no section [alembic]")
    target = url(server, _driver(project, text))
    with _ini_for(project, text, target) as ini:
        command = [*(project.command or (sys.executable, "-m", "alembic")), "-c", str(ini), *words]
        environment: Mapping[str, str] = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PG")},
            **dict.fromkeys(_VARIABLES, target),
            "PYTHONDONTWRITEBYTECODE": "1",  # nothing is left in somebody's checkout
        }
        try:
            return child.run(command, cwd=project.folder, env=environment, seconds=_MINUTES * 60)
        except OSError as error:
            raise CandidateError(f"{command[0]} cannot be started: {error.strerror}") from None
        except subprocess.TimeoutExpired:
            raise CandidateError(
                f"{project.ini}: alembic {' '.join(words)} did not end within {_MINUTES} minutes"
            ) from None


def upgrade(project: Project, server: Server) -> list[Source]:
    """Run the migrations. Raises CandidateError: the migration's file and line, what the server said, the statement."""
    for revision in project.revision.split(","):
        done = run(project, server, ("upgrade", revision))
        if done.returncode:
            raise CandidateError(failure(project, server, done.stdout + done.stderr))
    if not _touched(server):
        raise CandidateError(
            f"{project.ini}: alembic upgrade ended well, but this server's database is empty: env.py runs in offline mode, "
            "does not commit, or takes its URL from elsewhere than sqlalchemy.url and DATABASE_URL"
        )
    return project.sources()


def _touched(server: Server) -> bool:
    """Whether anything was made in the candidate's database."""
    with server.connect(server.superuser, DATABASE) as conn:
        query = "SELECT FROM pg_catalog.pg_class WHERE oid >= 16384 AND relkind IN ('r', 'p') LIMIT 1"
        return conn.execute(query).fetchone() is not None


def failure(project: Project, server: Server, output: str) -> str:
    """Why Alembic failed, in one line without the password."""
    output = output.replace(server.passwords[OWNER], "***")
    running = re.findall(r"Running upgrade (.*)", output)
    frames = re.findall(r'File "([^"]*[/\\]versions[/\\][^"]+)", line (\d+)', output)
    statement = re.search(r"\[SQL: (.*?)\]\n", output, re.DOTALL)
    error = [
        line
        for line in output.splitlines()
        if re.match(r"[\w.]+(Error|Exception|Exit|NotFound\w*)\b|FAILED:|ERROR\b", line)
    ]
    lines = [line for line in output.splitlines() if line.strip()]
    where = f"{frames[-1][0]}:{frames[-1][1]}" if frames else str(project.ini)
    what = (error or lines or ["alembic failed without a word"])[-1]
    if "validation error" in what and error:  # pydantic says why below it
        what = " ".join(output[output.rindex(what) :].splitlines()[:3])
    parts = [f"{where}: {hidden(what)}"]
    if running:
        parts.append(f"revision: {running[-1].partition(',')[0].strip()}")
    elif frames and (revision := _revision_of(Path(frames[-1][0]))):
        parts.append(f"revision: {revision}")
    if "doesn't exist" in what:
        parts.append(f"Alembic runs in {project.folder}, the ini's directory")
    if statement:
        parts.append(f"statement: {hidden(statement[1])[:100]}")
    return "; ".join(parts)


def _revision_of(file: Path) -> str:
    """The id that stands in a migration; empty if it cannot be seen."""
    try:
        found = re.search(
            r"^revision\b[^=\n]*=\s*['\"]([^'\"]+)", file.read_text(encoding="utf-8", errors="replace"), re.M
        )
    except OSError:
        return ""
    return found[1] if found else ""
