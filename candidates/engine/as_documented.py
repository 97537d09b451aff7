"""The application's engine as the design document has it, to the letter ("Connection Pooling", "Row-Level Security")."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import sessionmaker


def make(database_url):
    engine = create_async_engine(
        database_url,
        pool_size=10,
        max_overflow=20,
        pool_pre_ping=True,        # Check connection health
        pool_recycle=3600,         # Recycle connections hourly
    )  # fmt: skip
    return sessionmaker(
        engine,
        class_=AsyncSession,
        expire_on_commit=False
    )  # fmt: skip


async def work_for(session, organisation_id):
    # Application sets context before queries
    await session.execute(text(f"SET app.current_org_id = '{organisation_id}'"))  # as documented
