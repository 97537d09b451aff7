"""A dump's statements, fitted to the disposable server: what has another name there, cannot be there, or must not be."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from spec import APP, OWNER, READONLY
from support.external_roles import JOURNAL
from support.rds_like import DATABASE, SERVICE_ROLES
from support.sql_file import Statement

DOCUMENTED: Final = (OWNER, APP, READONLY)
_NAME: Final = r'(?:"(?:[^"]|"")+"|[\w$]+)'
# They open connections by themselves, from the server's own machine.
_REACHING: Final = ("dblink", "aws_s3", "aws_lambda", "aws_ml", "http", "pg_net", "pg_cron")
_WRAPPERS: Final = {
    "postgres_fdw": "host '/nowhere'",  # without one it is this machine's own server
    "dblink_fdw": "host '/nowhere'",
}
_OPTIONS: Final = re.compile(r"\s*\bOPTIONS \(\s.*\)$|\s*\bOPTIONS \(.*\)$", re.DOTALL)
_SKIPPED: Final = re.compile(
    r"CREATE DATABASE |COMMENT ON |SECURITY LABEL |(CREATE|ALTER|DROP) SUBSCRIPTION |SET transaction_timeout"
)


@dataclass
class Fitting:
    """What is known of both sides, and what was left out so far."""

    database: str
    superuser: str
    bootstrap: str
    there: frozenset[str]  # roles that stand on the disposable server
    extensions: frozenset[str]  # that it has
    shared: bool = False  # the server is somebody else's: nothing for everybody on it
    missing: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    wrappers: dict[str, str] = field(default_factory=dict)

    def leave_out(self, what: str) -> None:
        if what not in self.left_out:
            self.left_out.append(what)


def unquoted(name: str) -> str:
    """The name that an identifier in SQL stands for."""
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def _with_text(statement: Statement, text: str) -> Statement:
    return replace(statement, text=text)


def role(statement: Statement, fitting: Fitting) -> Statement | None:
    """A statement of roles.sql as it is applied; None if it is not."""
    text = statement.text
    if _SKIPPED.match(text):
        return None
    if fitting.shared and re.match(r"GRANT \S+ ON PARAMETER \S+ TO PUBLIC", text):
        fitting.leave_out(f"{text}: the server is not the run's own")
        return None
    match = re.match(rf"(CREATE|ALTER) ROLE ({_NAME})(?: (WITH|SET|IN DATABASE)\b)?", text)
    if not match:
        return statement
    name, what = unquoted(match[2]), match[3] or ""
    if name == JOURNAL:
        return None
    if match[1] == "CREATE":
        return None if name in fitting.there else statement
    if name == fitting.superuser:
        if what == "SET":
            fitting.leave_out(f"settings of role {name}: the superuser of the disposable server")
        return None
    return _with_text(statement, _attributes(name, text, fitting)) if what == "WITH" else statement


def _attributes(name: str, text: str, fitting: Fitting) -> str:
    """ALTER ROLE ... WITH: without a limit of connections; nobody but the documented roles logs in with power."""
    text = re.sub(r" CONNECTION LIMIT -?\d+", "", text)
    amazons = name.startswith("rds") and name not in SERVICE_ROLES
    if name not in DOCUMENTED and (amazons or re.search(r"\bWITH SUPERUSER\b", text)) and " LOGIN" in text:
        fitting.leave_out(f"LOGIN of role {name}")
        text = text.replace(" LOGIN", " NOLOGIN", 1)
    return text


def _database(text: str, fitting: Fitting) -> str | None:
    """Statements about the database, by the name that it has here; None for those that are not applied."""
    if re.match(rf"ALTER DATABASE {_NAME} (?!OWNER TO|SET )", text):
        return None
    for before in (r"ALTER DATABASE ", rf"ALTER ROLE {_NAME} IN DATABASE ", r"(?:GRANT|REVOKE) [^\"';]*? ON DATABASE "):
        match = re.match(rf"({before})({_NAME})", text)
        if match and unquoted(match[2]) == fitting.database:
            return f"{match[1]}{DATABASE}{text[match.end() :]}"
    return text


def _outward(text: str, fitting: Fitting) -> str:
    """Servers, mappings, wrappers and foreign tables without where they lead to."""
    if match := re.match(rf"CREATE SERVER ({_NAME})(.*?)FOREIGN DATA WRAPPER ({_NAME})", text, re.DOTALL):
        name, wrapper = unquoted(match[1]), unquoted(match[3])
        fitting.wrappers[name] = wrapper
        bare, options = _OPTIONS.sub("", text), _WRAPPERS.get(wrapper)
        if bare != text:
            fitting.leave_out(f"options of the foreign server {name}: a copy reaches no other system")
        return f"{bare} OPTIONS ({options})" if options else bare
    if match := re.match(rf"CREATE (USER MAPPING FOR {_NAME} SERVER {_NAME}|FOREIGN DATA WRAPPER {_NAME})", text):
        bare = _OPTIONS.sub("", text)  # they hold passwords
        if bare != text:
            fitting.leave_out(f"options of the {match[1].replace('USER MAPPING FOR', 'user mapping for')}")
        return bare
    if text.startswith("CREATE FOREIGN TABLE ") and (match := re.search(rf"(?s)\n\)\nSERVER ({_NAME})(.*)$", text)):
        if match[2]:
            fitting.leave_out(f"options of the foreign table {text.split()[3]}")
        file = fitting.wrappers.get(unquoted(match[1])) == "file_fdw"
        return text[: match.start(2)] + ("\nOPTIONS (filename '/dev/null')" if file else "")
    return text


def structure(statement: Statement, fitting: Fitting) -> Statement | None:
    """A statement of schema.sql as it is applied; None if it is not."""
    text = statement.text
    if _SKIPPED.match(text):
        return None
    if match := re.match(rf"CREATE EXTENSION IF NOT EXISTS ({_NAME})", text):
        name = unquoted(match[1])
        if name in fitting.extensions and name not in _REACHING:
            return statement
        why = "a copy reaches no other system" if name in fitting.extensions else "the disposable server has none"
        fitting.missing.append(name)
        fitting.leave_out(f"extension {name}: {why}")
        return None
    if (match := re.match(rf"ALTER ROLE ({_NAME}) IN DATABASE ", text)) and unquoted(match[1]) == fitting.superuser:
        fitting.leave_out(f"settings of role {fitting.superuser}: the superuser of the disposable server")
        return None
    named = _database(text, fitting)
    return None if named is None else _with_text(statement, _outward(named, fitting))


def fitted(
    statements: Sequence[Statement], fit: Callable[[Statement, Fitting], Statement | None], fitting: Fitting
) -> list[Statement]:
    """The statements that are applied."""
    return [found for one in statements if (found := fit(one, fitting)) is not None]
