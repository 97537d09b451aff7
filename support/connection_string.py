"""What a stored connection string says: everything but the password, and nothing that could be one."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, unquote

from spec import APP, OWNER, READONLY
from spec.rds import RDS

# Drivers by the part of the scheme behind the plus; each has its own word for TLS, and does not know the others'.
_WORDS: Final = {
    "asyncpg": "ssl",
    "psycopg": "sslmode",
    "psycopg_async": "sslmode",
    "psycopg2": "sslmode",
    "": "sslmode",
}
_ENCRYPTED: Final = ("require", "verify-ca", "verify-full")
_MODES: Final = (*_ENCRYPTED, "disable", "allow", "prefer", "true", "false", "verify_ca", "verify_full")
# The last @ before the host ends the password, whatever signs it holds: so SQLAlchemy reads it.
_URL: Final = re.compile(
    r"(?P<scheme>\w+)(\+(?P<driver>\w+))?://((?P<user>[^:/@]*)(:(?P<password>[^@]*))?@)?"
    r"(?P<host>\[[^\]]*\]|[^:/?@]*)(:(?P<port>\d+))?(/(?P<database>[^?@]*))?(\?(?P<query>[^@]*))?"
)
_ENDPOINT: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+){2,}")


@dataclass(frozen=True)
class ConnectionString:
    """A connection string without its password: server, database, user, and what its driver makes of it.

    What is none of the names that may stand there is not kept, lest it be a password at the wrong place.
    """

    driver: str
    user: str
    host: str
    port: int
    database: str
    options: Mapping[str, str]

    @property
    def tls(self) -> str:
        """Empty if the driver refuses to connect without TLS; otherwise why not, in a sentence."""
        if self.driver not in _WORDS:
            return "whether its driver demands TLS cannot be told from a URL"
        word = _WORDS[self.driver]
        foreign = [name for name in ("ssl", "sslmode") if name != word and name in self.options]
        if foreign:
            return f"the driver {self.driver or 'libpq'} does not know `{foreign[0]}`: it says `{word}`"
        if word not in self.options:
            return f"nothing is said of TLS: `{word}=require` is missing"
        value = self.options[word]
        if (value.replace("_", "-") if word == "ssl" else value) in _ENCRYPTED:
            return ""
        return f"`{word}={value}` also connects without TLS"


class NotAConnectionStringError(ValueError):
    """The secret's value is no connection string; the message says why and holds nothing of it."""


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value.strip()
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _strings(one)


def _text(value: str) -> str:
    """The connection string in a secret's value: the value, or the one that stands in the JSON object that it is."""
    try:
        data = json.loads(value)
    except ValueError:
        return value.strip()
    found = {text for text in _strings(data) if re.match(r"\w+(\+\w+)?://", text)}
    ours = {text for text in found if re.match(r"postgres(ql)?(\+\w+)?://", text)}
    if len(ours) == 1:
        return ours.pop()
    if isinstance(data, Mapping) and not ours and "host" in data:
        return _assembled(data)
    if len(found) == 1:
        return found.pop()  # of another scheme: said by whoever reads it
    raise NotAConnectionStringError("JSON that holds no connection string, or several")


def _assembled(data: Mapping[str, Any]) -> str:
    options = "&".join(f"{name}={data[name]}" for name in ("ssl", "sslmode") if name in data)
    database, user = data.get("dbname") or data.get("database") or "", data.get("username") or data.get("user") or ""
    engine = str(data.get("engine") or "postgres")
    if not re.fullmatch(r"postgres|postgresql(\+\w+)?|aurora-postgresql", engine):
        raise NotAConnectionStringError("JSON for another engine than PostgreSQL")
    scheme = engine if engine.startswith("postgresql") else "postgresql"
    return f"{scheme}://{user}@{data['host']}:{data.get('port') or 5432}/{database}?{options}"


def _known(value: str, known: tuple[str, ...], otherwise: str) -> str:
    return value if value in known else otherwise


def parse(value: str) -> ConnectionString:
    """What a secret's value says. Raises NotAConnectionStringError, without a word of the value."""
    try:
        match = _URL.fullmatch(_text(value))
    except RecursionError:
        raise NotAConnectionStringError("JSON nested beyond reading") from None
    if not match:
        raise NotAConnectionStringError(
            "it cannot be read as postgresql+asyncpg://user:password@host:port/database?..."
        )
    if match["scheme"] != "postgresql":
        raise NotAConnectionStringError(
            "it does not begin with postgresql:// or postgresql+asyncpg://, which SQLAlchemy knows"
        )
    options = {
        name: ",".join(values) for name, values in parse_qs(match["query"] or "", keep_blank_values=True).items()
    }
    if "service" in options:
        raise NotAConnectionStringError("it leads to a service of libpq, not to a server")
    host = (options.get("hostaddr") or options.get("host") or match["host"]).lower().removesuffix(".")  # of the root
    database = options.get("dbname") or options.get("database") or match["database"] or ""
    port = options.get("port") or match["port"] or "5432"
    driver = match["driver"] or ""
    return ConnectionString(
        driver=_known(driver, tuple(_WORDS), "another driver"),
        user=_known(unquote(options.get("user") or match["user"] or ""), (APP, READONLY, OWNER), "another user"),
        host=host if _ENDPOINT.fullmatch(host) else "something that is no endpoint",
        port=int(port) if re.fullmatch(r"\d{1,5}", port) else 0,
        database=_known(unquote(database), (RDS["database"]["name"], "postgres"), "another one"),
        options={
            name: _known(options[name], (*_MODES, "verify_ca", "verify_full"), "...")
            for name in ("ssl", "sslmode")
            if name in options
        },
    )
