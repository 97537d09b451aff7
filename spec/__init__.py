"""What is promised, as data. Python here only loads it into frozen dataclasses."""

from spec.guarantees import GUARANTEES, SPEC_SHA256, Guarantee, Scope
from spec.schema import APP, OWNER, PRIVILEGES, READONLY, TABLES, TENANCY, Column, Tables, Tenancy

__all__ = [
    "APP",
    "GUARANTEES",
    "OWNER",
    "PRIVILEGES",
    "READONLY",
    "SPEC_SHA256",
    "TABLES",
    "TENANCY",
    "Column",
    "Guarantee",
    "Scope",
    "Tables",
    "Tenancy",
]
