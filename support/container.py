"""PostgreSQL 15 in a Docker container, by testcontainers: made for one run, gone after it.

Ryuk, testcontainers' own cleaner, is switched off: it is one more image to pull, and a container that holds Docker's
socket. Instead the guard removes the container when the run is gone, and a label names the process that owns it, for
a later run to remove what the guard could not.
"""

import contextlib
import logging
import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from docker.errors import APIError, DockerException, ImageNotFound
from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.config import ConnectionMode, testcontainers_config

from spec import OWNER
from support.binaries import MAJOR, NoServerError
from support.container_owner import owner_label, remove_leftovers
from support.guard import Guard
from support.local_server import SPEED
from support.rds_like import PARAMETERS, create_database, create_roles
from support.server import SUPERUSER, Server

START_SECONDS = 90.0
_LOG_LINES = 5
_SETTINGS = {**PARAMETERS, **{name: value for name, value in SPEED.items() if name != "listen_addresses"}}


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without the log messages of testcontainers and its libraries; what matters is in our own errors."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


class _Postgres(PostgresContainer):
    """Tells the guard of itself; waits for a login over TCP, and not for a container that has ended."""

    guard: Guard

    def ask(self) -> psycopg.Connection[Any]:
        """A superuser's connection. Raises psycopg.OperationalError, or ConnectionError while it has no port."""
        host = self.get_container_host_ip()
        return psycopg.connect(
            host="127.0.0.1" if host == "localhost" else host,
            port=self._get_exposed_port(self.port),
            user=self.username,
            password=self.password,
            dbname=self.dbname,
            connect_timeout=5,
            autocommit=True,
        )

    def last_words(self) -> str:
        """The end of its log, in one line, without the password."""
        log: str = self.get_wrapped_container().logs(tail=_LOG_LINES).decode(errors="replace")
        lines = [" ".join(line.split()) for line in log.splitlines() if line.strip()]
        return (" | ".join(lines) or "it said nothing").replace(self.password, "***")

    def _connect(self) -> None:
        container = self.get_wrapped_container()
        self.guard.owns_container(self.get_container_id())
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            try:
                self.ask().close()
            except (psycopg.OperationalError, ConnectionError):
                container.reload()
                if container.status in ("exited", "dead", "removing"):
                    code = container.attrs["State"]["ExitCode"]
                    raise NoServerError(f"{self.image} ended at once, exit code {code}: {self.last_words()}") from None
                time.sleep(0.1)
            else:
                return
        raise NoServerError(f"{self.image} does not answer within {START_SECONDS:.0f} s: {self.last_words()}")

    def close(self) -> None:
        """Remove the container if there is one, and end the connections to Docker."""
        client = self.get_docker_client().client
        with contextlib.closing(client), contextlib.suppress(DockerException, OSError):
            self.stop()


def _reason(error: Exception) -> str:
    said = error.explanation if isinstance(error, APIError) and error.explanation else error
    return " ".join(str(said).split())[:300]


def _described(image: str, guard: Guard) -> _Postgres:
    """The container to be started. Raises NoServerError if no Docker daemon answers."""
    try:
        container = _Postgres(image, username=SUPERUSER, password=secrets.token_hex(16), dbname="postgres", driver=None)
    except (DockerException, OSError) as error:
        raise NoServerError(f"no Docker daemon answers: {_reason(error)}") from None
    container.guard = guard
    container.with_env("POSTGRES_INITDB_ARGS", "--no-sync --encoding=UTF8 --locale=C --auth=scram-sha-256")
    container.with_command([part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")])
    container.with_kwargs(labels=owner_label())
    docker = container.get_docker_client()
    if docker.get_connection_mode() == ConnectionMode.docker_host and docker.host() == "localhost":
        container.ports[str(container.port)] = ("127.0.0.1", None)  # type: ignore[assignment]  # Docker takes a pair
    return container


def _pull(client: Any, image: str) -> None:
    try:
        client.images.get(image)
    except ImageNotFound:
        try:
            client.images.pull(image)
        except (DockerException, OSError) as error:
            raise NoServerError(f"the image {image} is not here and cannot be pulled: {_reason(error)}") from None


def _furnish(container: _Postgres) -> Server:
    passwords = {SUPERUSER: container.password, OWNER: secrets.token_hex(16)}
    with container.ask() as conn:
        version = f"PostgreSQL {(conn.info.parameter_status('server_version') or '?').split()[0]}"
        if conn.info.server_version // 10000 != int(MAJOR):
            raise NoServerError(f"{container.image} holds {version}, not {MAJOR}")
        create_roles(conn, passwords[OWNER])
        collation = create_database(conn)
        return Server("container", version, conn.info.host, conn.info.port, SUPERUSER, passwords, collation)


def start_container(image: str, guard: Guard) -> tuple[Server, Callable[[], None]]:
    """An RDS-like server in a container of `image`, reached over loopback where Docker is local, and the way to end it.

    Raises NoServerError, in one line, if there is no Docker, no such image, or no PostgreSQL 15 that runs in it.
    """
    testcontainers_config.ryuk_disabled = True
    with _quiet():
        container = _described(image, guard)
        try:
            client = container.get_docker_client().client
            remove_leftovers(client)
            _pull(client, container.image)
            container.start()
            return _furnish(container), container.close
        except (DockerException, OSError, psycopg.Error) as error:
            container.close()
            raise NoServerError(f"no container of {image} can be used: {_reason(error)}") from None
        except BaseException:
            container.close()
            raise
