"""The nine tables."""

import datetime as dt
from typing import Any

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from amply.db.base import Base, Cents, Id, Moment, Name, OrganisationId


def words(length: int, default: str) -> Any:
    """A short text that has a default in the database."""
    return mapped_column(String(length), server_default=text(f"'{default}'"))


class Organisation(Base):
    __tablename__ = "organisations"
    __table_args__ = (CheckConstraint("id <> ''"),)  # an empty context must never match an organisation

    id: Mapped[Id]
    name: Mapped[Name]
    legal_name: Mapped[str | None] = mapped_column(Text)
    type: Mapped[str] = words(30, "nonprofit")
    status: Mapped[str] = words(20, "pending")
    country: Mapped[str | None] = mapped_column(String(2))
    tax_id: Mapped[str | None] = mapped_column(Text)
    stripe_account_id: Mapped[str | None] = mapped_column(Text)
    verification_level: Mapped[str | None] = mapped_column(String(20))
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]


class User(Base):
    __tablename__ = "users"

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str | None] = mapped_column(Text)
    password_hash: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = words(20, "active")
    security_stamp: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]


class Fund(Base):
    __tablename__ = "funds"
    __table_args__ = (UniqueConstraint("organisation_id", "id"),)  # what transactions refer to

    id: Mapped[Id]
    organisation_id: Mapped[OrganisationId]
    name: Mapped[Name]
    type: Mapped[str] = words(20, "general")
    status: Mapped[str] = words(20, "active")
    balance: Mapped[Cents] = mapped_column(server_default=text("0"))
    currency: Mapped[str] = mapped_column(String(3))
    created_at: Mapped[Moment]


class Project(Base):
    __tablename__ = "projects"
    __table_args__ = (
        UniqueConstraint("organisation_id", "id"),
        ForeignKeyConstraint(["organisation_id", "fund_id"], ["funds.organisation_id", "funds.id"]),
    )

    id: Mapped[Id]
    organisation_id: Mapped[OrganisationId]
    fund_id: Mapped[str | None] = mapped_column(String(20))
    name: Mapped[Name]
    description: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = words(20, "planning")
    budget: Mapped[Cents | None]
    spent: Mapped[Cents] = mapped_column(server_default=text("0"))
    sdgs: Mapped[list[int] | None] = mapped_column(ARRAY(SmallInteger))
    start_date: Mapped[dt.date | None]
    end_date: Mapped[dt.date | None]


class Transaction(Base):
    __tablename__ = "transactions"
    __table_args__ = (  # foreign keys ignore row security: with the organisation in the key nobody refers to foreign funds
        ForeignKeyConstraint(["organisation_id", "fund_id"], ["funds.organisation_id", "funds.id"]),
        ForeignKeyConstraint(["organisation_id", "project_id"], ["projects.organisation_id", "projects.id"]),
    )

    id: Mapped[Id]
    organisation_id: Mapped[OrganisationId]
    type: Mapped[str] = mapped_column(String(50))
    amount: Mapped[Cents]
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[str] = words(20, "pending")
    timestamp: Mapped[Moment]
    visibility: Mapped[str] = words(30, "public_full")
    fund_id: Mapped[str | None] = mapped_column(String(20))
    project_id: Mapped[str | None] = mapped_column(String(20))
    external_reference: Mapped[str | None] = mapped_column(Text)
    fields: Mapped[dict[str, Any]] = mapped_column("metadata", JSONB, server_default=text("'{}'"))


class Campaign(Base):
    __tablename__ = "campaigns"

    id: Mapped[Id]
    organisation_id: Mapped[OrganisationId]
    fundraiser_id: Mapped[str | None] = mapped_column(String(20), ForeignKey("users.id"))
    name: Mapped[Name]
    type: Mapped[str] = words(20, "organizational")
    status: Mapped[str] = words(20, "draft")
    goal: Mapped[Cents | None]
    raised: Mapped[Cents] = mapped_column(server_default=text("0"))
    donor_count: Mapped[int] = mapped_column(server_default=text("0"))
    start_date: Mapped[dt.date | None]
    end_date: Mapped[dt.date | None]


class Business(Base):
    __tablename__ = "businesses"

    id: Mapped[Id]
    name: Mapped[Name]
    legal_name: Mapped[str | None] = mapped_column(Text)
    type: Mapped[str] = words(20, "llc")
    status: Mapped[str] = words(20, "pending")
    country: Mapped[str | None] = mapped_column(String(2))
    tax_id: Mapped[str | None] = mapped_column(Text)


class Checkpoint(Base):
    __tablename__ = "checkpoints"

    id: Mapped[Id]
    date: Mapped[dt.date] = mapped_column(unique=True)
    cumulative_hash: Mapped[str] = mapped_column(String(71))
    entry_count: Mapped[Cents]
    total_volume: Mapped[Cents]


class LedgerEntry(Base):
    __tablename__ = "ledger_entries"
    __table_args__ = (
        CheckConstraint("entry_hash ~ '^sha256:[a-f0-9]{64}$'", name="valid_hash"),
        CheckConstraint("isfinite(created_at)", name="finite_time"),
        UniqueConstraint(
            "organisation_id", "prev_entry_hash", name="one_successor", postgresql_nulls_not_distinct=True
        ),
        UniqueConstraint("organisation_id", "entry_hash", name="one_entry_per_hash"),
        CheckConstraint("entry_hash <> prev_entry_hash", name="no_self_link"),
    )

    id: Mapped[Id]
    organisation_id: Mapped[OrganisationId]
    type: Mapped[str] = mapped_column(String(50))
    amount: Mapped[Cents]
    currency: Mapped[str] = mapped_column(String(3))
    visibility: Mapped[str] = mapped_column(String(30))
    fields: Mapped[dict[str, Any]] = mapped_column("metadata", JSONB, server_default=text("'{}'"))
    prev_entry_hash: Mapped[str | None] = mapped_column(String(71))
    entry_hash: Mapped[str] = mapped_column(String(71))
    created_at: Mapped[Moment]
