"""A time stamping authority on this machine (openssl behind http.server), and keys."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CONFIG = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_cert = {folder}/authority.pem
signer_key = {folder}/authority.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
"""
EXTENSIONS = "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n"


def openssl(folder: Path, words: str) -> bytes:
    """Run openssl in the folder. Raises CalledProcessError."""
    return subprocess.run(["openssl", *words.split()], cwd=folder, check=True, capture_output=True).stdout


def key_pair(folder: Path, name: str = "key", curve: str = "P-256") -> tuple[Path, Path]:
    """A private and a public key, in PEM."""
    openssl(folder, f"genpkey -algorithm EC -pkeyopt ec_paramgen_curve:{curve} -out {name}.pem")
    openssl(folder, f"pkey -in {name}.pem -pubout -out {name}.pub")
    return folder / f"{name}.pem", folder / f"{name}.pub"


@dataclass
class Authority:
    """Where it answers, its root, and how it is made to misbehave: what it does to an answer."""

    url: str
    root: Path
    spoil: object = staticmethod(lambda answer: answer)


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, folder: Path, authority: list[Authority], *rest: object) -> None:
        self.folder, self.authority = folder, authority
        super().__init__(*rest)

    def do_POST(self) -> None:
        (self.folder / "query.tsq").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
        openssl(self.folder, "ts -reply -queryfile query.tsq -config ts.cnf -out reply.tsr")
        answer = self.authority[0].spoil((self.folder / "reply.tsr").read_bytes())
        self.send_response(200 if answer else 503)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def authority(folder: Path, kind: str = "EC -pkeyopt ec_paramgen_curve:P-256") -> Iterator[Authority]:
    """One that answers until the end. `kind`: of its key."""
    for name in ("root", "authority"):
        openssl(folder, f"genpkey -algorithm {kind} -out {name}.key")
    openssl(folder, "req -x509 -new -key root.key -out root.pem -days 3 -subj /CN=root")
    openssl(folder, "req -new -key authority.key -out authority.csr -subj /CN=authority")
    (folder / "extensions").write_text(EXTENSIONS)
    signed = "x509 -req -in authority.csr -CA root.pem -CAkey root.key -CAcreateserial -out authority.pem -days 2"
    openssl(folder, f"{signed} -extfile extensions")
    (folder / "ts.cnf").write_text(CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")
    made: list[Authority] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, folder, made))
    made.append(Authority(f"http://127.0.0.1:{server.server_port}/", folder / "root.pem"))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield made[0]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
