"""TLS as on RDS with rds.force_ssl = 1: over the network nobody gets in without it, and a password is SCRAM's."""

import os
from pathlib import Path
from typing import Final

import psycopg

from support.places import server_account
from support.server import Server

# The Unix socket is for the suite itself.
HBA: Final = """local all all scram-sha-256
local replication all scram-sha-256
hostssl all all 127.0.0.1/32 scram-sha-256
hostssl replication all 127.0.0.1/32 scram-sha-256
"""
HOSTS: Final = ("127.0.0.1", "localhost")


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o600)
    if account := server_account():
        os.chown(path, account.uid, account.gid)


def _certify(data: Path) -> bytes:
    """Write a certificate and its key into `data`. Returns the authority's certificate."""
    import trustme  # noqa: PLC0415  # requirements-operations.txt

    authority = trustme.CA()
    certificate = authority.issue_cert(*HOSTS)
    _write(data / "server.crt", b"".join(part.bytes() for part in certificate.cert_chain_pems))
    _write(data / "server.key", certificate.private_key_pem.bytes())
    return authority.cert_pem.bytes()


def force_tls(server: Server, like: Server | None = None) -> None:
    """Let a server of our own, on loopback, take nothing but TLS there, with the certificate of `like` if that is given.

    The authority that its clients may trust stands in authority_of(server). Raises psycopg.Error, OSError or ImportError.
    """
    data = Path(server.host) / "data"
    if like:
        for name in ("server.crt", "server.key"):
            _write(data / name, (Path(like.host) / "data" / name).read_bytes())
        authority = authority_of(like).read_bytes()
    else:
        authority = _certify(data)
    authority_of(server).write_bytes(authority)
    _write(data / "pg_hba.conf", HBA.encode())
    with server.connect(server.superuser, "postgres") as admin:
        admin.execute("ALTER SYSTEM SET ssl = on")
        admin.execute("SELECT pg_reload_conf()")
    _wait_for_tls(server)


def authority_of(server: Server) -> Path:
    """The certificate of the authority that signed the server's."""
    return Path(server.host) / "authority.crt"


def _wait_for_tls(server: Server) -> None:
    """The postmaster reads its files again when it gets to it. Raises psycopg.Error if it never does."""
    for attempt in range(1000):
        try:
            psycopg.connect(server.dsn(server.superuser, "postgres"), host="127.0.0.1", sslmode="require").close()
        except psycopg.OperationalError:
            if attempt == 999:
                raise
        else:
            return
