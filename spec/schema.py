"""The documented tables, privileges and tenancy: spec/tables.toml, privileges.toml, tenancy.toml."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from spec.toml_file import SpecError, read

HERE: Final = Path(__file__).parent
T = TypeVar("T")

# Role names are fixed by the design document ("Production Instance", "Credentials").
OWNER: Final = "amply_admin"
APP: Final = "amply_app"
READONLY: Final = "amply_readonly"


@dataclass(frozen=True)
class Column:
    """A documented column of the ledger; `length` in characters, None where the type has none."""

    name: str
    type: str
    nullable: bool
    length: int | None = None


@dataclass(frozen=True)
class Tables:
    """The nine tables, the ledger's columns, and the values that the application writes."""

    names: tuple[str, ...]
    ledger: str
    organisations: str
    columns: Mapping[str, Column]
    values: Mapping[str, tuple[str, ...]]
    vocabulary: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Tenancy:
    """The isolated tables, their organisation column, and the setting that names the organisation."""

    setting: str
    column: str
    tables: tuple[str, ...]


def _tables() -> Tables:
    data = read(HERE / "tables.toml")
    return Tables(
        names=tuple(data["names"]),
        ledger=data["ledger"],
        organisations=data["organisations"],
        columns={name: Column(name=name, **fields) for name, fields in data["columns"].items()},
        values={name: tuple(values) for name, values in data["values"].items()},
        vocabulary=data["vocabulary"],
    )


def _tenancy() -> Tenancy:
    data = read(HERE / "tenancy.toml")
    return Tenancy(setting=data["setting"], column=data["column"], tables=tuple(data["tables"]))


def _privileges() -> dict[str, dict[str, frozenset[str]]]:
    data = read(HERE / "privileges.toml")
    return {role: {table: frozenset(held) for table, held in tables.items()} for role, tables in data.items()}


def _checked(load: Callable[[], T], file: str) -> T:
    try:
        return load()
    except (KeyError, TypeError, AttributeError) as error:
        raise SpecError(f"spec/{file}: {type(error).__name__}: {error}") from None


TABLES: Final = _checked(_tables, "tables.toml")
TENANCY: Final = _checked(_tenancy, "tenancy.toml")
PRIVILEGES: Final = _checked(_privileges, "privileges.toml")
