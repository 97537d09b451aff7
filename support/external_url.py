"""The connection that a URL names, and what its parameters mean for all others."""

import os
import re
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import Conninfo

from support.binaries import NoServerError
from support.redaction import learn

_EXPLICIT = {"host", "port", "user", "password", "dbname", "connect_timeout", "application_name"}  # said by Server.dsn


def parse(url: str) -> dict[str, Any]:
    """The URL's parameters. Raises NoServerError; libpq's own message would quote the URL with its password."""
    try:
        found = dict(conninfo_to_dict(url))
        if not re.fullmatch(r"[\d,]*", str(found.get("port") or "")):
            raise psycopg.ProgrammingError  # a password with a slash in it, which libpq would quote
    except psycopg.Error:
        hint = "postgresql://USER:PASSWORD@HOST:PORT/"
        raise NoServerError(f"the URL of --server is malformed; it looks like {hint}") from None
    learn(str(found.get("password") or ""))
    return found


def folded(error: psycopg.Error) -> str:
    """What the server or libpq said, in one line."""
    said = error.diag.message_primary or str(error)
    return " ".join(f"{said}{f': {error.diag.message_detail}' if error.diag.message_detail else ''}".split())[:400]


def inherit(parameters: dict[str, Any]) -> Callable[[], None]:
    """Let what the URL says of TLS and the like reach all connections, our workers' too, by libpq's variables.

    Returns the way back.
    """
    variables = {known.keyword.decode(): known.envvar.decode() for known in Conninfo.get_defaults() if known.envvar}
    given = {variables[name]: str(parameters[name]) for name in parameters.keys() & variables.keys() - _EXPLICIT}
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)

    def restore() -> None:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

    return restore


def connect(parameters: dict[str, Any]) -> psycopg.Connection[Any]:
    """To database postgres, whatever the URL names: advisory locks are per database, and clones are made from there."""
    try:
        return psycopg.connect(
            **{"connect_timeout": 10, **parameters, "dbname": "postgres", "application_name": "amply-compliance"},
            autocommit=True,
            prepare_threshold=None,
        )
    except psycopg.Error as error:
        password = str(parameters.get("password") or "")
        said = folded(error).replace(password, "***") if password else folded(error)
        raise NoServerError(f"no connection to the server of --server URL: {said}") from None
