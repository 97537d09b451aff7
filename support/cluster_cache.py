"""An initialised cluster, kept in a cache and copied for each run; one that is damaged is built anew."""

import hashlib
import json
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import psycopg

from spec import OWNER
from support.binaries import Binaries, NoServerError, run
from support.guard import Guard, end_process
from support.local_server import SPEED, Running, start
from support.places import Account, cache_root
from support.rds_like import create_database, create_roles, set_password
from support.rundir import locked, running_in
from support.server import SUPERUSER, Server

OLD_SECONDS = 14 * 24 * 3600


def _build(binaries: Binaries, work: Path, sockets: Path, account: Account | None, guard: Guard) -> None:
    """initdb and the RDS-like bootstrap in `work`/data; what the run must know in `work`/facts.json."""
    passwords = {SUPERUSER: secrets.token_hex(16), OWNER: secrets.token_hex(16)}
    secret = work / "secret"
    secret.write_text(passwords[SUPERUSER])
    if account:
        os.chown(secret, account.uid, account.gid)
    data = work / "data"
    command = [str(binaries.bin / "initdb"), "-D", str(data), "-U", SUPERUSER, "--pwfile", str(secret)]
    options = ["--no-sync", "--wal-segsize=1", "--data-checksums", "-E", "UTF8", "--locale=C", "-A", "scram-sha-256"]
    done = run(command + options, account)
    secret.unlink()
    if done.returncode:
        raise NoServerError(f"{binaries.bin}/initdb failed: {(done.stderr.strip().splitlines() or [''])[-1]}")
    server = start(binaries, data, sockets, account, guard, passwords[SUPERUSER])
    try:
        with psycopg.connect(
            host=str(sockets), user=SUPERUSER, password=passwords[SUPERUSER], dbname="postgres", autocommit=True
        ) as conn:
            create_roles(conn, passwords[OWNER])
            set_password(conn, SUPERUSER, passwords[SUPERUSER])
            collation = create_database(conn)
            conn.execute("CHECKPOINT")
    finally:
        server.process.terminate()  # smart shutdown: the copy must not need recovery
        server.process.wait()
    (work / "facts.json").write_text(json.dumps({"passwords": passwords, "collation": collation}))


def _manifest(cache: Path) -> str:
    """SHA-256 over the paths of all folders and files below `cache`, and what the files hold; without the manifest itself."""
    total = hashlib.sha256()
    for folder, folders, files in os.walk(cache):
        folders.sort()
        total.update(f"{folder[len(str(cache)) :]}\0".encode())
        for name in sorted({*files} - {"manifest"}):
            path = os.path.join(folder, name)  # noqa: PTH118  # a thousand files at every start
            with open(path, "rb", buffering=0) as file:  # noqa: PTH123
                content = file.read()
            total.update(f"{name}\0{len(content)}\0".encode() + content)
    return total.hexdigest()


def intact(cache: Path) -> bool:
    """Whether a cached directory is what it was when it was built."""
    try:
        return _manifest(cache) == (cache / "manifest").read_text()
    except (OSError, UnicodeDecodeError):
        return False


def _key(binaries: Binaries, account: Account | None) -> str:
    """What the cached directory depends on: the programs, the account, and the code and data that fill it."""
    parts = [str(binaries.bin), binaries.version, account.name if account else "", repr(SPEED)]
    parts += [os.environ.get("LOCPATH", "")]  # where the collation comes from
    parts += [
        (Path(__file__).parent / name).read_text() for name in ("rds_like.py", "local_server.py", "cluster_cache.py")
    ]
    parts += [(Path(__file__).parents[1] / "spec" / "rds.toml").read_text()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _remove_old() -> None:
    """Clusters of earlier versions of the suite go when a new one is built, two weeks after they were."""
    for old in cache_root().glob("cluster-" + "[0-9a-f]" * 16):
        if time.time() - old.stat().st_mtime > OLD_SECONDS:
            shutil.rmtree(old, ignore_errors=True)


def _cached(binaries: Binaries, run_directory: Path, account: Account | None, guard: Guard) -> Path:
    """The initialised directory for these programs, built now if it is not there."""
    target = cache_root() / f"cluster-{_key(binaries, account)}"
    with locked(cache_root() / "cluster.lock"):
        for leftover in cache_root().glob("cluster-*.partial"):  # whoever builds holds the lock: its builder is gone
            if pid := running_in(leftover):
                end_process(pid)
            shutil.rmtree(leftover, ignore_errors=True)
        if not (target / "manifest").exists():
            shutil.rmtree(target, ignore_errors=True)
            work = target.with_name(
                f"{target.name}.{run_directory.name}.partial"
            )  # beside it: a rename keeps owners and is atomic
            guard.owns_directory(work)
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir(mode=0o700)
            if account:
                os.chown(work, account.uid, account.gid)
            _remove_old()
            _build(binaries, work, run_directory, account, guard)
            (work / "manifest").write_text(_manifest(work))
            work.rename(target)
    return target


def _copy(binaries: Binaries, run_directory: Path, account: Account | None, guard: Guard) -> Path:
    """A copy of the cached directory in `run_directory`; a cache that no longer matches its manifest is built anew."""
    data = run_directory / "data"
    for _attempt in range(3):
        cache = _cached(binaries, run_directory, account, guard)
        command = ["cp", "-Rp", str(cache / "data"), str(data)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, errors="replace") as copying:
            sound = intact(cache)  # meanwhile: we read the same files to check them
            said = copying.communicate()[1].strip().splitlines()
        if sound and copying.returncode == 0:
            return cache
        if sound:
            raise NoServerError(f"{cache} cannot be copied: {said[-1] if said else copying.returncode}")
        shutil.rmtree(data, ignore_errors=True)
        with locked(cache_root() / "cluster.lock"):  # another run may have found and mended it first
            if not intact(cache):
                shutil.rmtree(cache, ignore_errors=True)
    raise NoServerError(f"the cache {cache_root()} is damaged and cannot be rebuilt; remove it")


def start_copy(
    binaries: Binaries,
    run_directory: Path,
    account: Account | None,
    guard: Guard,
    settings: Mapping[str, str] | None = None,
) -> tuple[Server, Running]:
    """A fresh RDS-like server in `run_directory`, with `settings` over the usual ones. Raises NoServerError."""
    cache = _copy(binaries, run_directory, account, guard)
    facts = json.loads((cache / "facts.json").read_text())
    running = start(
        binaries, run_directory / "data", run_directory, account, guard, facts["passwords"][SUPERUSER], settings
    )
    server = Server(
        kind="wheel" if binaries.kind == "wheel" else "local",
        version=f"PostgreSQL {binaries.version}",
        host=str(run_directory),
        port=running.port,
        superuser=SUPERUSER,
        passwords=facts["passwords"],
        collation=facts["collation"],
        loopback="listen_addresses" in (settings or {}),
    )
    return server, running
