"""The form of the application's connection string: its scheme, and what is asked of the connection."""

from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote, urlsplit

from support.redaction import learn

DOCUMENTED: Final = "postgresql+asyncpg://user:password@host:5432/amply?sslmode=require"  # "Connection String"


class FormError(ValueError):
    """No connection string."""


@dataclass(frozen=True)
class Form:
    """`scheme`: dialect and driver, such as postgresql+asyncpg; `query`: what follows the question mark."""

    scheme: str
    query: str

    @staticmethod
    def of(url: str) -> "Form":
        """The form of this URL, whoever and whatever it names. Raises FormError, without the URL, which may hold a password."""
        try:
            parts = urlsplit(url)
            learn(parts.password if parts.password not in (None, "password") else "")
        except ValueError:
            raise FormError("it is no URL") from None
        if not parts.scheme.startswith("postgres") or "://" not in url:
            raise FormError(f"it looks like {DOCUMENTED}")
        return Form(parts.scheme, parts.query)

    def asking(self, query: str) -> "Form":
        """The same, asking something else of the connection."""
        return replace(self, query=query)

    def url(self, role: str, password: str, port: int, database: str) -> str:
        """The connection string for a server on loopback; holds a password."""
        where = f"{self.scheme}://{role}:{quote(password)}@127.0.0.1:{port}/{database}"
        return where + (f"?{self.query}" if self.query else "")

    def __str__(self) -> str:
        return f"{self.scheme}://...{f'?{self.query}' if self.query else ''}"
