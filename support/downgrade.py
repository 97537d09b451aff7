"""A relay in front of a server: it passes on what it is sent, or says that there is no TLS and passes on plain text."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from support.server import Server

_SSL_REQUEST: Final = struct.pack("!ii", 8, 80877103)  # PostgreSQL's protocol, "SSL Session Encryption"
_NO: Final = b"N"
_SECONDS: Final = 30


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while chunk := source.recv(65536):
            target.sendall(chunk)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def _upstream(server: Server, honest: bool) -> socket.socket:
    """Honest: where the server takes TLS alone. Else its Unix socket, which takes plain text."""
    if honest:
        return socket.create_connection(("127.0.0.1", server.port), _SECONDS)
    plain = socket.socket(socket.AF_UNIX)
    plain.connect(f"{server.host}/.s.PGSQL.{server.port}")
    return plain


def _serve(client: socket.socket, server: Server, honest: bool) -> None:
    with client, _upstream(server, honest) as upstream:
        client.settimeout(_SECONDS)
        with suppress(OSError):
            first = client.recv(8, socket.MSG_WAITALL)
            if first == _SSL_REQUEST and not honest:
                client.sendall(_NO)
            else:
                upstream.sendall(first)
            back = threading.Thread(target=_pass_on, args=(upstream, client), daemon=True)
            back.start()
            _pass_on(client, upstream)
            back.join()


@contextmanager
def relay(server: Server, *, honest: bool) -> Iterator[int]:
    """A relay to a server on loopback, and its port. Not `honest`: a man in the middle who takes TLS away."""

    def accept() -> None:
        with suppress(OSError):  # the listening socket is closed
            while True:
                client, _ = listening.accept()
                threading.Thread(target=_serve, args=(client, server, honest), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        accepting = threading.Thread(target=accept, daemon=True)
        accepting.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        accepting.join()
