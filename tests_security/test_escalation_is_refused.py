"""ROL: every attempt to become more, really made with the logins of the application and the read-only user."""

import psycopg
import pytest

from spec import APP, READONLY
from support.escalations import ATTEMPTS, written
from support.refusals import BrokenError, said
from support.resistance import unchanged

ROLES = {"app": APP, "readonly": READONLY}


def made(conn, attempt, me, place):
    """Make the attempt; nothing stays. Returns the error that refused it, None if it went through."""
    statements = [written(statement, me, place.name) for statement in attempt.statements]
    try:
        if attempt.alone:
            conn.execute(statements[0])
        else:
            with conn.transaction(force_rollback=True):
                for statement in statements:
                    conn.execute(statement)
    except psycopg.Error as error:
        return error
    return None


def impossible(place, attempt, me):
    """Whether a superuser cannot do it here either: what is missing says nothing about privileges."""
    if attempt.alone:
        return False  # made by a superuser, it would stay
    error = made(place.session("superuser"), attempt, me, place)
    return error is not None and (error.sqlstate or "")[:2] in ("0A", "22", "42", "58")


@pytest.mark.guarantee("ROL-04")
@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_the_two_users_are_refused(attempt, still, acme):
    before = still.before
    for who, role in ROLES.items():
        if still.lacks(who):
            raise BrokenError(f"the candidate creates no role {role}")
        conn = still.session(who, acme)
        error = made(conn, ATTEMPTS[attempt], role, still)
        if error is None:
            raise BrokenError(f"{attempt} by {who} was accepted: {ATTEMPTS[attempt].statements[-1]}")
        if error.sqlstate != "42501" and not impossible(still, ATTEMPTS[attempt], role):
            judged = (error.sqlstate or "")[:2] not in ("42", "08", "57", "XX")
            if not judged:
                raise BrokenError(f"{attempt} by {who} failed before it was judged: {said(error)}")
    unchanged(still.admin, before, attempt)


@pytest.mark.guarantee("ROL-04")
@pytest.mark.parametrize("who", ROLES)
def test_another_users_session_is_not_ended_by(who, still, acme):
    victim = still.login("owner")
    conn = still.app(acme) if who == "app" else still.readonly(acme)
    for function in ("pg_terminate_backend", "pg_cancel_backend"):
        try:
            with conn.transaction(force_rollback=True):
                conn.execute(f"SELECT {function}(%s)", [victim.info.backend_pid])
        except psycopg.Error:
            continue
        raise BrokenError(f"{who} may call {function} on a session of the owner")
    assert victim.execute("SELECT 1").fetchone() == (1,)
