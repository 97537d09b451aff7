"""A candidate that cannot be applied is refused in one line: file, line, the server's words, the statement."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest

from support.candidate import CandidateError, Source, apply_patch, apply_sql

BINARIES = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture(scope="module")
def scratch_dsn():
    """To be replaced by the repository's own server."""
    identity = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    folder = Path(tempfile.mkdtemp(prefix="amply-scratch-"))

    def run(*command):
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, **identity)

    try:
        if identity:
            shutil.chown(folder, "postgres", "postgres")
        run(BINARIES / "initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off -c lc_messages=C"
        control = [BINARIES / "pg_ctl", "-D", "data", "-w", "-l", "log"]
        run(*control, "-o", options, "start")
        try:
            yield f"host={folder} user=postgres dbname=postgres password=dsn-secret"
        finally:
            run(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def write(tmp_path):
    def write(sql, name="a.sql"):
        (tmp_path / name).write_text(sql, encoding="utf-8", newline="")
        return tmp_path / name

    return write


def refusal(dsn, *paths):
    with pytest.raises(CandidateError) as error:
        apply_sql(dsn, paths)
    text = str(error.value)
    assert "\n" not in text
    assert "secret" not in text
    return text


def query(dsn, sql):
    with psycopg.connect(dsn) as connection:
        return connection.execute(sql).fetchall()


def test_files_are_applied_in_order_each_in_a_session_of_its_own(scratch_dsn, write, tmp_path):
    write("SET search_path = pg_temp; CREATE TABLE public.ordered (path text);", "a.sql")
    write("BEGIN; INSERT INTO ordered SELECT current_setting('search_path'); COMMIT; -- é", "b.sql")
    write("-- nothing in here", "c.sql")
    sources = apply_sql(scratch_dsn, [tmp_path])
    names = [tmp_path / name for name in ("a.sql", "b.sql", "c.sql")]
    assert sources == [Source(str(path), hashlib.sha256(path.read_bytes()).hexdigest()) for path in names]
    assert query(scratch_dsn, "TABLE ordered") == [('"$user", public',)]


def test_a_patch_is_applied_likewise(scratch_dsn, write):
    file = write("CREATE TABLE patched (); VACUUM patched;")
    assert [source.path for source in apply_patch(scratch_dsn, [file])] == [str(file)]


def test_the_line_is_that_of_the_servers_position(scratch_dsn, write):
    file = write("SELECT 'é';\r\n\r\nSELECT 'éé',\r\n  1,\r\n  nothing\r\nFROM pg_class;")
    expected = f"{file}:5: column \"nothing\" does not exist [42703]; statement: SELECT 'éé', 1, nothing FROM pg_class"
    assert refusal(scratch_dsn, file) == expected


def test_without_a_position_the_line_is_that_of_the_statement(scratch_dsn, write):
    file = write("\n-- about it\nDROP TABLE\n  nothing;")
    expected = f'{file}:3: table "nothing" does not exist [42P01]; statement: DROP TABLE nothing'
    assert refusal(scratch_dsn, file) == expected


def test_a_mistake_within_a_function_body_has_its_line(scratch_dsn, write):
    file = write("CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n  RETRUN 1;\nEND $$;")
    assert refusal(scratch_dsn, file).startswith(f'{file}:3: syntax error at or near "RETRUN" [42601]; statement: ')


def test_detail_hint_and_context_are_told(scratch_dsn, write):
    raised = "RAISE 'one\ntwo' USING DETAIL = 'more', HINT = 'help', ERRCODE = 'P0042'"
    text = refusal(scratch_dsn, write(f"DO $$ BEGIN\n{raised}; END $$"))
    assert ":1: one two [P0042]; statement: DO $$ BEGIN RAISE" in text
    assert text.endswith("; DETAIL: more; HINT: help; CONTEXT: PL/pgSQL function inline_code_block line 2 at RAISE")


def test_a_long_statement_is_cut(scratch_dsn, write):
    shown = "SELECT " + "1, " * 31
    assert refusal(scratch_dsn, write(f"{shown * 2} nothing")).endswith(f"; statement: {shown}...")


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE ROLE postgres LOGIN PASSWORD 'secret' CREATEDB",
        "CREATE ROLE postgres PASSWORD /* a */ -- b\n E'\\'secret'",
        "CREATE ROLE postgres PASSWORD'a''secret'",
        "CREATE ROLE postgres PASSWORD $a$secret$a$",
        "DO $$ BEGIN\nEXECUTE 'CREATE ROLE postgres PASSWORD ''secret'''; END $$",
        "CREATE SUBSCRIPTION s CONNECTION 'host=/none password=secret dbname=a' PUBLICATION p",
        "CREATE USER MAPPING FOR postgres SERVER none OPTIONS (user 'a', password 'secret')",
        "SELECT nothing, 'dsn-secret'",
    ],
)
def test_passwords_are_not_shown(scratch_dsn, write, sql):
    assert "***" in refusal(scratch_dsn, write(sql))


@pytest.mark.parametrize("sql", ["BEGIN;\nSELECT 1;", "SELECT 1;\nBEGIN;"])
def test_a_file_that_leaves_a_transaction_open_is_refused(scratch_dsn, write, sql):
    file = write(sql)
    assert refusal(scratch_dsn, file).startswith(f"{file}:2: the file leaves a transaction open")


def test_nothing_is_applied_before_all_files_are_split(scratch_dsn, write):
    first, second = write("CREATE TABLE early ();"), write("SELECT 1;\n\\i c.sql", "b.sql")
    assert refusal(scratch_dsn, first, second).startswith(rf"{second}:2: psql meta-command \i: only SQL")
    assert query(scratch_dsn, "SELECT to_regclass('early')") == [(None,)]


def test_a_candidate_without_a_statement_is_refused(scratch_dsn, write, tmp_path):
    assert refusal(scratch_dsn, write("-- later\n;")) == f"{tmp_path}/a.sql: no SQL statement to apply"
    assert refusal(scratch_dsn) == "no file given: no SQL statement to apply"
    assert refusal(scratch_dsn, tmp_path / "none").startswith(f"{tmp_path}/none: cannot be read: No such file")


def test_a_session_that_the_candidate_ends_is_told(scratch_dsn, write):
    file = write("SELECT 1;\nSELECT pg_terminate_backend(pg_backend_pid());")
    expected = f"{file}:2: terminating connection due to administrator command [57P01]; statement: SELECT pg_term"
    assert refusal(scratch_dsn, file).startswith(expected)


@pytest.mark.parametrize("dsn", ["host=/none password=secret", "postgresql://a:secret@[b", "password=secret nonsense"])
def test_a_connection_that_fails_is_told_without_the_password(write, dsn):
    assert "a.sql: no connection to apply it over: " in refusal(dsn, write("SELECT 1"))
