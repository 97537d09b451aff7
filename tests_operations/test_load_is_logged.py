"""MON: slow statements, and statements that change the schema, stand in the server's log."""

import psycopg
import pytest

from spec import TABLES
from support.interleave import Step
from support.server_log import ServerLog

ROLES = ("app", "readonly", "owner")
SLOW = "SELECT pg_sleep(1.05)"  # seconds: the promise begins at one
PREPARED = {"simple": None, "prepared": True}  # by the simple protocol, and by the extended one
CHANGES = [
    "CREATE TABLE public.made (id text PRIMARY KEY)",
    "CREATE INDEX ON public.ledger_entries (created_at)",
    "CREATE VIEW public.made AS SELECT 1",
    "CREATE FUNCTION public.made() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE POLICY made ON public.ledger_entries USING (true)",
    "CREATE SCHEMA made",
    f"ALTER TABLE public.{TABLES.ledger} DISABLE TRIGGER USER",
    f"ALTER TABLE public.{TABLES.ledger} DISABLE ROW LEVEL SECURITY",
    f"ALTER TABLE public.{TABLES.ledger} ADD COLUMN made text",
    f"GRANT UPDATE ON public.{TABLES.ledger} TO amply_app",
    f"REVOKE ALL ON public.{TABLES.ledger} FROM amply_app",
    f"COMMENT ON TABLE public.{TABLES.ledger} IS 'made'",
    f"DROP TABLE public.{TABLES.ledger} CASCADE",
]


@pytest.mark.guarantee("MON-11")
def test_a_statement_of_more_than_a_second_is_logged(subject, pristine):
    log = ServerLog(subject.server)
    steps, sent = [], set()
    for who in ROLES:
        if pristine.lacks(who):
            continue
        for how, prepare in PREPARED.items():
            statement = f"{SLOW} /* {who}, {how} */"
            conn = pristine.session(who, name=how)
            steps.append(Step(conn, lambda conn, said=statement, way=prepare: conn.execute(said, prepare=way)))
            sent.add(statement)
    for step in steps:
        step.finish()
        assert step.error is None, step.error
    missing = sent - log.slow()  # a backend writes the line before it is ready for the next statement
    assert not missing, f"not in the log with a duration: {'; '.join(sorted(missing))}"


@pytest.mark.guarantee("MON-12")
def test_a_statement_that_changes_the_schema_is_logged(subject, pristine):
    log = ServerLog(subject.server)
    sent = set()
    for how, prepare in PREPARED.items():
        conn = pristine.session("owner", name=how)
        for number, change in enumerate(CHANGES):
            statement = f"{change} /* {number}, {how} */"
            sent.add(statement)
            conn.execute("BEGIN")
            try:
                conn.execute(statement, prepare=prepare)
            except psycopg.Error:
                pass  # refused: attempts are logged too
            finally:
                conn.execute("ROLLBACK")
    missing = sent - log.statements()
    assert not missing, f"not in the log: {'; '.join(sorted(missing))}"
