"""Runs the migrations over the application's own driver; DATABASE_URL says where."""

import asyncio
import os
from logging.config import fileConfig

from alembic import context
from amply.db import models  # noqa: F401  # they register themselves
from amply.db.base import Base
from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import async_engine_from_config

config = context.config
if config.config_file_name:
    fileConfig(config.config_file_name, disable_existing_loggers=False)
if url := os.environ.get("DATABASE_URL"):
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))


def run_migrations(connection: Connection) -> None:
    context.configure(
        connection=connection, target_metadata=Base.metadata, compare_type=True, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_migrations_online() -> None:
    section = config.get_section(config.config_ini_section, {})
    engine = async_engine_from_config(section, prefix="sqlalchemy.", poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(run_migrations)
    await engine.dispose()


if context.is_offline_mode():
    raise SystemExit("offline mode is not used: row security and triggers are tried where they are made")
asyncio.run(run_migrations_online())
