"""The application's engine with every promise kept: the documented one, and two things more."""

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import sessionmaker


def make(database_url):
    url = make_url(database_url)
    # Beyond the document: its connection string is libpq's, and asyncpg calls the same thing ssl.
    if "sslmode" in url.query:
        url = url.difference_update_query(["sslmode"]).update_query_dict({"ssl": url.query["sslmode"]})
    engine = create_async_engine(
        url,
        pool_size=10,
        max_overflow=20,
        pool_pre_ping=True,
        pool_recycle=3600,
    )
    return sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)


async def work_for(session, organisation_id):
    # Beyond the document: for the transaction, not for the connection, which the next request gets from the pool.
    await session.execute(text("SELECT set_config('app.current_org_id', :id, true)"), {"id": organisation_id})
