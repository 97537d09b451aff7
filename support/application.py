"""The application's processes with their engines, and what the server sees of them."""

from typing import Any, Final

import psycopg

from spec import APP
from support.connection_form import Form
from support.engine import Process, ToldError
from support.rds_like import DATABASE
from support.refusals import BrokenError
from support.server import Server
from support.waiting import until

# In this order: what else the engine may connect with, so that one broken promise does not hide the others.
_OTHERS: Final = ("ssl=require", "sslmode=require", "")


def backends(admin: psycopg.Connection[Any]) -> set[int]:
    """The process ids of the application's connections to the database of `admin`; the suite's own come by the Unix socket."""
    query = """SELECT pid FROM pg_stat_activity
               WHERE datname = current_database() AND usename = %s AND client_addr IS NOT NULL"""
    return {row[0] for row in admin.execute(query, [APP])}


def until_only(admin: psycopg.Connection[Any], pids: set[int]) -> set[int]:
    """Wait until these are the application's connections, all of them and no others. Returns what is there."""
    return until(lambda: backends(admin), pids.__eq__)


def until_gone(admin: psycopg.Connection[Any], pids: set[int]) -> set[int]:
    """Wait until these backends are gone. Returns those that stay."""
    return until(lambda: backends(admin) & pids, lambda found: not found)


def end(admin: psycopg.Connection[Any], pids: set[int]) -> None:
    """End backends as an administrator does, and wait until they are gone."""
    admin.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s::int[]) pid", [[*pids]])
    assert not until_gone(admin, pids)


class Application:
    """The application at a host's socket `path`. `form`: of the connection string that it was given."""

    def __init__(self, path: str, form: Form, server: Server) -> None:
        self.path, self.form, self.server = path, form, server
        self.refused = ""  # why it does not connect by `form`, if it does not
        self._works: Form | None = None
        self._processes: list[Process] = []

    def process(self) -> Process:
        """A process without an engine. It ends with the test."""
        self._processes.append(Process(self.path))
        return self._processes[-1]

    def url(self, form: Form, database: str, port: int | None = None) -> str:
        """The application's connection string; holds its password. Raises BrokenError if the candidate has no such role."""
        if APP not in self.server.passwords:
            raise BrokenError(f"the candidate creates no role {APP}")
        return form.url(APP, self.server.passwords[APP], port or self.server.port, database)

    def trial(self, form: Form, database: str, port: int | None = None) -> str:
        """Why an engine made from a connection string of this form does not connect; empty if it does."""
        process = self.process()
        try:
            process.do("make", url=self.url(form, database, port))
            process.do("look", sql="SELECT 1")
        except ToldError as error:
            return str(error)
        finally:
            self._processes.remove(process)
            process.close()
        return ""

    def works(self) -> Form | None:
        """A form that the engine connects by: the one given, else the next best, else None. Raises BrokenError."""
        if self._works is None and not self.refused:
            self.refused = self.trial(self.form, DATABASE)
            others = map(self.form.asking, _OTHERS)
            self._works = (
                next((form for form in others if not self.trial(form, DATABASE)), None) if self.refused else self.form
            )
        return self._works

    def running(self, database: str, port: int | None = None) -> Process:
        """A process with a fresh engine for this database, by a form that works. Raises BrokenError."""
        form = self.works()
        assert form
        url = self.url(form, database, port)
        process = self.process()
        try:
            process.made = process.do("make", url=url)
        except ToldError as error:
            raise BrokenError(f"the engine cannot be made: {error}") from None
        return process

    def close(self) -> None:
        """End the processes of a test."""
        while self._processes:
            self._processes.pop().close()
