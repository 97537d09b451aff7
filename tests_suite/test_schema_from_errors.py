"""A running database that cannot be copied ends the run with 11 and one line: what was tried, and what to do."""

import re
import socket
from contextlib import contextmanager

import pytest

from support import dump_programs, running_database
from support.binaries import wheel
from support.candidate import CandidateError
from support.live_database import resolved
from support.running_database import look
from tests_suite.conftest import the_line
from tests_suite.source_server import source_server

HUSH = "hush-hush-4711"


@pytest.fixture(scope="module")
def source():
    with source_server() as found:
        yield found


@pytest.fixture
def line(suite, source):
    """The line that a run with this DSN ends with; no password in it."""

    def ended(dsn=None, *more, password=None, role="amply_readonly", code=11):
        environment = {"PGPASSWORD": password or source.server.passwords[role]}
        found = the_line(suite("--schema-from", dsn or source.dsn(role), *more, environment=environment), code)
        assert environment["PGPASSWORD"] not in found
        return found

    return ended


@contextmanager
def changed(source, there, back):
    with source.connect() as admin:
        admin.execute(there)
        try:
            yield admin
        finally:
            admin.execute(back)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_11_says_that_there_is_no_such_host(line):
    found = line(f"postgresql://me:{HUSH}@nowhere.invalid/amply")
    assert "--schema-from: no connection: " in found
    assert found.endswith("; check the host's name")
    assert HUSH not in found


def test_11_says_that_nothing_listens(line):
    assert line(f"postgresql://me@127.0.0.1:{free_port()}/amply").endswith("check host and port; nothing listens there")


def test_11_says_that_the_password_is_wrong(line):
    found = line(password=HUSH)
    assert 'password authentication failed for user "amply_readonly"; check user and password' in found


def test_11_says_that_there_is_no_such_database(line, source):
    assert line(source.dsn("amply_readonly", "nothing")).endswith("check the names of database and user")


def test_11_says_that_tls_is_missing(suite, live):
    password = live.server.passwords["amply_readonly"]
    words = f"postgresql://amply_readonly@127.0.0.1:{live.port}/amply?sslmode=disable"
    found = the_line(suite("--schema-from", words, environment={"PGPASSWORD": password}), 11)
    assert found.endswith("the server asks for TLS: add sslmode=require")
    with pytest.raises(CandidateError, match="sslrootcert=FILE"):
        look(resolved(live.dsn().replace("ssl=require", "sslmode=verify-full")))


def test_over_tls_it_is_copied_and_no_password_is_in_the_evidence(suite, live):
    password = live.server.passwords["amply_readonly"]
    words = live.dsn().replace(f":{password}@", "@")
    run = suite("--schema-from", words, "-k", "nine_tables", "-vv", "-l", environment={"PGPASSWORD": password})
    assert run.exit == 0, run.output
    assert f"candidate dump of amply at 127.0.0.1:{live.port} as amply_readonly" in run.output
    assert password not in run.output + str(run.evidence)


@pytest.mark.parametrize(
    ("there", "back", "words"),
    [
        (
            "REVOKE SELECT ON users FROM amply_readonly",
            "GRANT SELECT ON users TO amply_readonly",
            'permission denied for table users; GRANT SELECT ON public.users TO "amply_readonly" helps',
        ),
        (
            "CREATE SCHEMA closed CREATE TABLE inner_ (a int)",
            "DROP SCHEMA closed CASCADE",
            'permission denied for schema closed; GRANT USAGE ON SCHEMA closed TO "amply_readonly" helps',
        ),
    ],
    ids=["table", "schema"],
)
def test_11_names_the_grant_that_helps(there, back, words, line, source):
    with changed(source, there, back):
        assert words in line()


def test_with_the_grant_that_is_named_it_is_copied(suite, source):
    there = "CREATE SCHEMA closed CREATE TABLE inner_ (a int); GRANT pg_read_all_data TO amply_readonly"
    with changed(source, there, "DROP SCHEMA closed CASCADE; REVOKE pg_read_all_data FROM amply_readonly"):
        run = suite("--schema-from", source.dsn("amply_readonly"), "-k", "nine_tables",
                    environment=source.password("amply_readonly"))  # fmt: skip
    assert run.exit == 0, run.output


def test_11_says_that_something_holds_a_lock(source, monkeypatch):
    monkeypatch.setattr(dump_programs, "_LOCK", "100ms")
    with source.connect() as admin, admin.transaction():
        admin.execute("LOCK TABLE users")
        with pytest.raises(CandidateError, match="something holds a lock, such as a migration: try again"):
            dump_programs.dump(seen(source), lambda _: None)


def seen(source, role="postgres"):
    return look(resolved(f"{source.dsn(role)}&password={source.server.passwords[role]}"))


def test_11_says_that_the_server_is_too_new(source, monkeypatch):
    monkeypatch.setattr(running_database, "MAJOR", "14")
    with pytest.raises(CandidateError, match="is PostgreSQL 15: 14 and older can be copied"):
        seen(source)


def program(folder, name, text):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def test_11_says_that_no_pg_dump_is_new_enough_and_a_newer_one_will_do(tmp_path, monkeypatch):
    for major in ("13", "17"):
        for name in ("pg_dump", "pg_dumpall"):
            program(tmp_path / major, name, f"echo 'pg_dump (PostgreSQL) {major}.4'")
    monkeypatch.setattr(dump_programs, "_folders", lambda: iter([tmp_path / "nowhere", tmp_path / "13"]))
    with pytest.raises(
        CandidateError, match=r"no pg_dump and pg_dumpall of major 15 or newer \(.*13 has 13\): pip install"
    ):
        dump_programs.folder_for(15)
    monkeypatch.setattr(dump_programs, "_folders", lambda: iter([tmp_path / "13", tmp_path / "17"]))
    assert dump_programs.folder_for(15) == tmp_path / "17"


def test_the_wheels_programs_come_first():
    assert dump_programs.folder_for(15) == wheel(None).bin


def test_the_programs_get_the_password_by_environment_and_are_read_only(source, tmp_path, monkeypatch):
    for name in ("pg_dump", "pg_dumpall"):
        text = f'echo "$0 $@" >> {tmp_path}/words; env > {tmp_path}/{name}.env'
        program(tmp_path / "bin", name, text)
    monkeypatch.setattr(dump_programs, "folder_for", lambda _: tmp_path / "bin")
    monkeypatch.setenv("AMPLY_SCHEMA_FROM", HUSH)
    dump_programs.dump(seen(source), lambda _: None)
    password, words = source.server.passwords["postgres"], (tmp_path / "words").read_text()
    assert password not in words
    assert "--schema-only" in words
    assert "--roles-only --no-role-passwords" in words
    for name in ("pg_dump", "pg_dumpall"):
        environment = (tmp_path / f"{name}.env").read_text()
        assert f"PGPASSWORD={password}" in environment
        assert re.search(
            "PGOPTIONS=-c default_transaction_read_only=on -c lock_timeout=5s -c statement_timeout=", environment
        )
        assert HUSH not in environment


def test_an_unforeseen_failure_shows_no_password(source, monkeypatch):
    from support import dump_loaded  # noqa: PLC0415

    def fails(*_):
        raise KeyError("unforeseen")

    monkeypatch.setattr(dump_loaded, "dump", fails)
    with pytest.raises(CandidateError, match="the copy failed: KeyError: 'unforeseen'") as caught:
        dump_loaded.copy(source.server, resolved(f"{source.dsn()}&password={source.server.passwords['postgres']}"))
    assert caught.value.__cause__ is None
