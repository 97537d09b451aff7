"""--server URL: what is no disposable PostgreSQL 15 is refused in one line, and not touched."""

# ruff: noqa: F811  # fixtures are imported
import socket
import struct
import threading
from contextlib import contextmanager

import pytest

from support.acquire import acquire
from support.binaries import NoServerError
from support.external import take_over
from support.external_roles import JOURNAL
from support.rds_like import DATABASE
from tests_suite.external_servers import (  # noqa: F401
    _external_server,
    content,
    external,
    in_a_process,
    refusal,
    standing,
)


def test_a_url_where_nobody_listens_is_refused_without_its_password():
    text = refusal("postgresql://postgres:hunter2@127.0.0.1:1/postgres")
    assert "127.0.0.1" in text
    assert "hunter2" not in text


def test_a_wrong_password_is_refused_without_being_shown(external):
    text = refusal(external.url_of("postgres", "hunter2"))
    assert "password authentication failed" in text
    assert "hunter2" not in text


@pytest.mark.parametrize("url", ["postgresql://u:hunter2%zz@h/", "postgres://u:hunter2@h:p@q/?nonsense=1"])
def test_a_malformed_url_is_refused_without_being_quoted(url):
    assert "hunter2" not in refusal(url)


def test_a_mistyped_url_is_not_quoted_either():
    with pytest.raises(NoServerError) as caught:
        acquire("postgresql:/u:hunter2@host/")
    assert "hunter2" not in str(caught.value)


def test_a_user_who_is_not_superuser_is_refused(external):
    with standing(external, ["CREATE ROLE clerk LOGIN CREATEDB CREATEROLE PASSWORD 'p'"], ["DROP ROLE clerk"]):
        assert "clerk is not superuser" in refusal(external.url_of("clerk", "p"))


def message(kind, *parts):
    body = b"".join(parts)
    return kind + struct.pack("!i", len(body) + 4) + body


@contextmanager
def speaks_like(version):
    """A socket that answers a login as a PostgreSQL of that version does, and nothing after it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer():
            connection, _ = listener.accept()
            with connection:
                while struct.unpack("!ii", connection.recv(4096)[:8])[1] in (80877103, 80877104):
                    connection.sendall(b"N")  # no TLS, no GSS
                facts = {"server_version": version, "is_superuser": "on", "client_encoding": "UTF8"}
                said = [message(b"S", f"{name}\0{value}\0".encode()) for name, value in facts.items()]
                connection.sendall(message(b"R", struct.pack("!i", 0)) + b"".join(said) + message(b"Z", b"I"))
                connection.recv(4096)

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"postgres://u:p@127.0.0.1:{listener.getsockname()[1]}/"
        thread.join(10)


@pytest.mark.parametrize("version", ["14.11", "16.3 (Debian 16.3-1)", "9.6.24"])
def test_another_major_version_is_refused(version):
    with speaks_like(version) as url:
        assert f"is PostgreSQL {version.split()[0]}, not 15" in refusal(url)


def test_a_server_that_another_run_holds_is_refused_and_not_disturbed(external):
    server, leave = take_over(external.url, disposable=False)
    try:
        assert "another run" in refusal(external.url)
        assert "another run" in refusal(external.url, disposable=True)
        server.connect("amply_admin", DATABASE).close()
    finally:
        leave()


def test_the_exit_code_of_a_refusal_is_10_and_the_reason_one_line(external):
    with standing(external, ["CREATE ROLE amply_app"], ["DROP ROLE amply_app"]):
        process = in_a_process("-m", "pytest", "--server", external.url, "-q")
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 10
    assert "no usable PostgreSQL 15: the server at " in output
    assert "Traceback" not in output
    assert external.server.passwords["postgres"] not in output


@pytest.mark.parametrize("name", ["amply", "amply_sown", "amply_main_1"])
@pytest.mark.parametrize("disposable", [False, True])
def test_a_database_with_data_by_our_name_is_refused_and_not_touched(external, name, disposable):
    with standing(external, [f"CREATE DATABASE {name}"], [f"DROP DATABASE {name}"]):
        with external.server.connect("postgres", name) as conn:
            conn.execute("CREATE TABLE accounts AS SELECT i, md5(i::text) FROM generate_series(1, 500) i")
            conn.execute("VACUUM FREEZE accounts")
        before = content(external, name)
        assert name in refusal(external.url, disposable=disposable)
        assert content(external, name) == before


@pytest.mark.parametrize("inside", ["CREATE VIEW v AS SELECT 1", "CREATE FUNCTION f() RETURNS int RETURN 1"])
def test_a_database_without_tables_that_holds_something_is_not_empty(external, inside):
    with standing(external, ["CREATE DATABASE amply"], ["DROP DATABASE amply"]):
        with external.server.connect("postgres", "amply") as conn:
            conn.execute(inside)
        assert "not empty" in refusal(external.url, disposable=True)


def test_a_database_that_cannot_be_looked_into_is_refused(external):
    make = ["CREATE DATABASE amply ALLOW_CONNECTIONS false"]
    with standing(external, make, ["DROP DATABASE amply"]):
        assert "not empty" in refusal(external.url, disposable=True)


def test_an_empty_database_by_our_name_is_refused_with_a_hint(external):
    with standing(external, ["CREATE DATABASE amply"], ["DROP DATABASE amply"]):
        assert "--server-is-disposable" in refusal(external.url)


def test_an_empty_database_by_our_name_is_dropped_on_a_disposable_server(external):
    external.run("CREATE DATABASE amply")
    _, leave = take_over(external.url, disposable=True)
    leave()


def test_an_empty_database_that_somebody_is_connected_to_is_not_dropped(external):
    made = standing(external, ["CREATE DATABASE amply"], ["DROP DATABASE amply WITH (FORCE)"])
    with made, external.server.connect("postgres", "amply"):
        assert "being accessed" in refusal(external.url, disposable=True)


@pytest.mark.parametrize("role", ["amply_app", "amply_anything", "rds_superuser", "rds_iam", JOURNAL])
def test_a_role_by_our_name_is_refused_with_a_hint(external, role):
    with standing(external, [f"CREATE ROLE {role}"], [f"DROP ROLE {role}"]):
        text = refusal(external.url)
    assert role in text
    assert "--server-is-disposable" in text


def test_roles_by_our_names_are_dropped_on_a_disposable_server(external):
    external.run("CREATE ROLE amply_app LOGIN", "CREATE ROLE rds_iam IN ROLE amply_app")
    _, leave = take_over(external.url, disposable=True)
    leave()


def test_a_role_that_owns_something_is_refused_with_the_servers_reason_and_none_is_dropped(external):
    make = ["CREATE ROLE amply_aaa", "CREATE ROLE amply_app", "CREATE TABLE precious (i int)"]
    make += ["ALTER TABLE precious OWNER TO amply_app"]
    with standing(external, make, ["DROP TABLE precious", "DROP ROLE amply_app, amply_aaa"]):
        text = refusal(external.url, disposable=True)
    assert "amply_app" in text
    assert "precious" in text
