"""Engines that are made differently, with a defect and without: what AMPLY_TEST_ENGINE names, of the two dictionaries below.

Imported by the application's process, which knows neither pytest nor the rest of the suite.
"""

import os
import signal
import ssl
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import event, make_url, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import sessionmaker
from sqlalchemy.pool import AsyncAdaptedQueuePool, NullPool

DOCUMENTED = {"pool_size": 10, "max_overflow": 20, "pool_pre_ping": True, "pool_recycle": 3600}
SETTING = "app.current_org_id"


class Made:
    """The engine's arguments, and how sessions are made of it; changes work on these."""

    def __init__(self, database_url):
        self.given = self.url = make_url(database_url)
        self.asks("ssl", self.url.query.get("sslmode", self.url.query.get("ssl")))
        self.arguments = dict(DOCUMENTED)
        self.drop = ()
        self.session = {"expire_on_commit": False}
        self.listen = self.wrap = None
        self.commits = False
        self.maker = lambda engine: sessionmaker(engine, class_=AsyncSession, **self.session)

    def asks(self, name, value):
        self.url = self.url.difference_update_query(["ssl", "sslmode"])
        if value:
            self.url = self.url.update_query_dict({name: value})

    def sessions(self):
        arguments = {name: value for name, value in self.arguments.items() if name not in self.drop}
        engine = create_async_engine(self.url, **arguments)
        if self.listen:
            self.listen(engine)
        maker = self.maker(engine)
        return self.wrap(maker) if self.wrap else maker


def arguments(**changes):
    return lambda made: made.arguments.update(changes)


def tls(name, value):
    return lambda made: made.asks(name, value)


def no_pool(made):
    made.drop = ("pool_size", "max_overflow")
    made.arguments["poolclass"] = NullPool


def expiring(made):
    made.session["expire_on_commit"] = True


def for_the_session(made):
    made.context = f"SELECT set_config('{SETTING}', :id, false)"


def documented_context(made):
    made.context = f"SET {SETTING} = '{{id}}'"


def committed_at_once(made):
    for_the_session(made)
    made.commits = True


def once_per_connection(made):
    made.context = (
        f"SELECT set_config('{SETTING}', :id, false) WHERE coalesce(current_setting('{SETTING}', true), '') = ''"
    )


MUTANTS = {
    "nine are kept": ({"CON-01"}, arguments(pool_size=9, max_overflow=21)),
    "eleven are kept": ({"CON-01"}, arguments(pool_size=11, max_overflow=19)),
    "one more is opened": ({"CON-01"}, arguments(max_overflow=21)),
    "one fewer is opened": ({"CON-01"}, arguments(max_overflow=19)),
    "the defaults of the library": ({"CON-01"}, lambda made: setattr(made, "drop", ("pool_size", "max_overflow"))),
    "as many as it likes": ({"CON-01", "CON-07", "CON-08"}, arguments(max_overflow=-1)),
    "no pool": ({"CON-01", "CON-07", "CON-08"}, no_pool),
    "a pool that fills the server": ({"CON-01", "CON-07"}, arguments(max_overflow=26)),
    "no look at a pooled connection": ({"CON-02"}, arguments(pool_pre_ping=False)),
    "no recycling": ({"CON-03"}, arguments(pool_recycle=-1)),
    "recycled after two hours": ({"CON-03"}, arguments(pool_recycle=7200)),
    "objects expire": ({"CON-04"}, expiring),
    "the documented SET": ({"CON-05"}, documented_context),
    "an organisation for the session": ({"CON-05"}, for_the_session),
    "a SET that is committed at once": ({"CON-05"}, committed_at_once),
    "an organisation is said once per connection": ({"CON-05"}, once_per_connection),
    "sslmode as it is documented": ({"CON-06"}, lambda made: setattr(made, "url", made.given)),
    "nobody waits": ({"CON-08"}, arguments(pool_timeout=0)),
    "whoever waits waits for a day": ({"CON-08"}, arguments(pool_timeout=86400)),
    "TLS if the server likes": ({"CON-09"}, tls("ssl", "prefer")),
    "TLS if the server insists": ({"CON-09"}, tls("ssl", "allow")),
    "TLS is not asked for": ({"CON-09"}, tls("ssl", None)),
}


def by_arguments(made):
    made.asks("ssl", None)
    made.arguments["connect_args"] = {"ssl": "require"}


def by_a_context(made):
    made.asks("ssl", None)
    made.arguments["connect_args"] = {"ssl": ssl.create_default_context()}


def reset(engine):
    @event.listens_for(engine.sync_engine, "reset")
    def forget(connection, record, state):
        if state.terminate_only:
            return
        connection.rollback()
        connection.cursor().execute(f"RESET {SETTING}")
        connection.commit()


def forgotten_on_return(made):
    documented_context(made)
    made.listen = reset


def function_of_ours(made):
    @asynccontextmanager
    async def session_of(maker):
        async with maker() as session:
            yield session

    made.wrap = lambda maker: lambda: session_of(maker)


VARIANTS = {
    "async_sessionmaker": lambda made: setattr(
        made, "maker", lambda engine: async_sessionmaker(engine, **made.session)
    ),
    "the pool is named": arguments(poolclass=AsyncAdaptedQueuePool),
    "last in, first out": arguments(pool_use_lifo=True),
    "recycled twice an hour": arguments(pool_recycle=1800),
    "told after five seconds": arguments(pool_timeout=5),
    "TLS by connect_args": by_arguments,
    "TLS by a context": by_a_context,
    "the certificate is verified": tls("ssl", "verify-full"),
    "a SET that is taken back": forgotten_on_return,
    "SET LOCAL": lambda made: setattr(made, "context", f"SET LOCAL {SETTING} = '{{id}}'"),
    "a function of ours": function_of_ours,
    "statements are not kept": arguments(connect_args={"statement_cache_size": 0}),
}


def changed(made):
    """With every change that AMPLY_TEST_ENGINE names."""
    made.context = f"SELECT set_config('{SETTING}', :id, true)"
    for name in filter(None, os.environ.get("AMPLY_TEST_ENGINE", "").split("|")):
        (VARIANTS.get(name) or MUTANTS[name][1])(made)
    return made


def make(database_url):
    return changed(Made(database_url)).sessions()


async def make_awaited(database_url):
    return make(database_url)


def make_engine(database_url):
    made = changed(Made(database_url))
    return create_async_engine(made.url, **made.arguments)


def make_nothing(database_url):
    return database_url


def make_plain(database_url):
    made = changed(Made(database_url))
    made.asks("ssl", None)
    made.arguments["connect_args"] = {"ssl": False}
    return made.sessions()


def make_stuck(database_url):
    Path(os.environ["AMPLY_TEST_HERE"]).touch()
    while True:
        signal.pause()


def make_telling(database_url):
    raise ValueError(f"no such place: {database_url}")


async def work_for(session, organisation_id):
    made = changed(Made("postgresql+asyncpg://"))
    said = {"id": organisation_id} if ":id" in made.context else {}
    await session.execute(text(made.context.format(id=organisation_id)), said)
    if made.commits:
        await session.commit()
