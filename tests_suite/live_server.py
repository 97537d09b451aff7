"""A PostgreSQL with TLS, no way in without it, and the documented parameters: it plays the live database."""

import os
import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch
from urllib.parse import quote

import trustme

from spec import READONLY
from support.acquire import acquire
from support.places import cache_root, server_account
from support.rds_like import COLLATION, DATABASE, create_database
from support.rundir import locked
from support.sowing import sow
from support.subject import prepare

ROOT = Path(__file__).parents[1]
HBA = "local all all scram-sha-256\nhostssl all all 127.0.0.1/32 scram-sha-256\n"


class LiveServer:
    """The server, and the DSN that an operator would give for it."""

    def __init__(self, server, port, collation, folder):
        self.server, self.port, self.collation, self.folder = server, port, collation, folder
        self.log = Path(server.host) / "server.log"

    def dsn(self, role=READONLY, **changes):
        host = changes.get("host", "127.0.0.1")
        port, database = changes.get("port", self.port), changes.get("database", DATABASE)
        password = quote(changes.get("password", self.server.passwords[role]))
        return f"postgresql+asyncpg://{role}:{password}@{host}:{port}/{database}?ssl=require"

    def connect(self, role=None, database=DATABASE):
        return self.server.connect(role or self.server.superuser, database)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _with_locale(folder):
    """Where the C library finds en_US: built in `folder`, and kept, if the machine has none, and the means to."""
    known = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout.lower().split()
    if "en_us.utf8" in known or not shutil.which("localedef"):
        return {}
    with locked(folder.with_suffix(".lock")):
        if not (folder / COLLATION).exists():
            folder.mkdir(exist_ok=True)
            folder.chmod(0o755)
            command = ["localedef", "-i", "en_US", "-f", "UTF-8", str(folder / COLLATION)]
            if subprocess.run(command, capture_output=True, check=False).returncode:
                return {}
    return {"LOCPATH": str(folder)}


def _readable(path, text):
    path.write_bytes(text)
    path.chmod(0o600)
    if account := server_account():
        os.chown(path, account.uid, account.gid)
    return str(path)


@contextmanager
def live_server(folder, *patches, schema=ROOT / "candidates" / "reference"):
    """Start it in `folder`, which everybody may enter, with the candidate and patches in it; stop it afterwards."""
    certificate = trustme.CA().issue_cert("127.0.0.1")
    port = _free_port()
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "ssl": "on",
        "ssl_cert_file": _readable(folder / "server.crt", b"".join(one.bytes() for one in certificate.cert_chain_pems)),
        "ssl_key_file": _readable(folder / "server.key", certificate.private_key_pem.bytes()),
        "hba_file": _readable(folder / "pg_hba.conf", HBA.encode()),
        "autovacuum": "on",
        "wal_buffers": "16384",
        "effective_cache_size": "384MB",
        "log_statement": "all",  # more than is promised: tests read what was asked
    }
    with patch.dict(os.environ, _with_locale(cache_root() / "locales")):
        lease = acquire("auto", settings=settings)
    try:
        with (Path(lease.server.host) / "data" / "postgresql.conf").open("a") as file:
            file.write("max_connections = 200\n")  # else a reload finds a change that waits for a restart
        with lease.server.connect(lease.server.superuser, "postgres") as admin:
            admin.execute(f"DROP DATABASE {DATABASE}")
            collation = create_database(admin)
        subject = prepare(lease.server, [schema], patches)
        with subject.server.connect(subject.server.superuser, DATABASE) as admin:
            sow(admin)  # a ledger to audit
        yield LiveServer(subject.server, port, collation, folder)
    finally:
        lease.close()


def checkpoint_of(live, file):
    """The checkpoint of the live ledger as it is."""
    words = [sys.executable, "-m", "audit", live.dsn("postgres"), "--checkpoint", str(file)]
    subprocess.run(words, cwd=ROOT, capture_output=True, check=True)
    return file
