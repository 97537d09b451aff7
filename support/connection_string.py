"""What a stored connection string says: everything but the password."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

# Drivers by the part of the scheme behind the plus; each has its own word for TLS, and does not know the others'.
_WORDS: Final = {"asyncpg": "ssl", "psycopg": "sslmode", "psycopg2": "sslmode", "": "sslmode", "pg8000": ""}
_ENCRYPTED: Final = ("require", "verify-ca", "verify-full")
_KEYS: Final = ("url", "uri", "database_url", "DATABASE_URL", "connection_string", "connectionString")


@dataclass(frozen=True)
class ConnectionString:
    """A connection string without its password: server, database, user, and what its driver makes of it."""

    driver: str
    user: str
    host: str
    port: int
    database: str
    options: Mapping[str, str]

    @property
    def tls(self) -> str:
        """Empty if the driver refuses to connect without TLS; otherwise why not, in a sentence."""
        if self.driver not in _WORDS or not _WORDS[self.driver]:
            return f"whether the driver {self.driver} demands TLS cannot be told from a URL"
        word = _WORDS[self.driver]
        foreign = [name for name in ("ssl", "sslmode") if name != word and name in self.options]
        if foreign:
            return f"the driver {self.driver or 'libpq'} does not know `{foreign[0]}`: it says `{word}`"
        if word not in self.options:
            return f"nothing is said of TLS: `{word}=require` is missing"
        value = self.options[word]
        if value in _ENCRYPTED:
            return ""
        return f"`{word}={value}` also connects without TLS"


class NotAConnectionStringError(ValueError):
    """The secret's value is no connection string; the message says why and holds nothing of it."""


def _text(value: str) -> str:
    """The connection string in a secret's value: the value, or a field of the JSON object that it is."""
    try:
        data = json.loads(value)
    except ValueError:
        return value.strip()
    if isinstance(data, str):
        return data.strip()
    if isinstance(data, dict):
        for key in _KEYS:
            if isinstance(data.get(key), str):
                return str(data[key]).strip()
        if {"host", "username"} <= data.keys():
            return _assembled(data)
    raise NotAConnectionStringError("JSON without a connection string in it")


def _assembled(data: Mapping[str, Any]) -> str:
    options = "&".join(f"{name}={data[name]}" for name in ("ssl", "sslmode") if name in data)
    database = data.get("dbname", data.get("database", ""))
    scheme = (
        str(data.get("engine", "postgresql")).replace("postgres", "postgresql").replace("postgresqlql", "postgresql")
    )
    return f"{scheme}://{data['username']}@{data['host']}:{data.get('port', 5432)}/{database}?{options}"


def parse(value: str) -> ConnectionString:
    """What a secret's value says. Raises NotAConnectionStringError, without a word of the value."""
    text = _text(value)
    match = re.fullmatch(r"(postgres|postgresql)(\+\w+)?://.+", text)
    if not match:
        raise NotAConnectionStringError("it does not begin with postgresql:// or postgresql+asyncpg://")
    try:
        parts = urlsplit(text)
        port = parts.port or 5432
    except ValueError:
        raise NotAConnectionStringError("its host or port cannot be read") from None
    options = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    options.pop("password", None)
    return ConnectionString(
        driver=(match[2] or "").lstrip("+"),
        user=unquote(options.pop("user", parts.username or "")),
        host=(options.pop("host", parts.hostname or "")).lower(),
        port=port,
        database=unquote(parts.path.lstrip("/")),
        options={name: options[name] for name in ("ssl", "sslmode") if name in options},
    )
