"""SQL files are split where psql splits them, and what cannot be applied is told by file and line."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.sql_file import SqlFileError, files, split, statements


def texts(path, sql):
    return [statement.text for statement in split(path, sql.encode())]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT ';', 'it''s;', 'a\\'",
        "SELECT E'\\';', e'\\\\', E'it''s;'",
        "SELECT E'a' -- goes on\n  '\\';b'",
        "SELECT U&'\\0061;', B'01', X'1F', N';'",
        'SELECT "a;""b", U&"d;"',
        "SELECT 1 -- not ; here\n + 2",
        "SELECT /* ; /* ; */ ' ; */ 1 /*/ ; */ + 1",
        "SELECT 1 */* ; */ 2",
        "DO $$ BEGIN PERFORM 1; END $$",
        "DO $body$ BEGIN PERFORM $$;$$, $1; END $body$",
        "DO $é$ ;$e$; $é$",
        "SELECT a$b, c$$d, $1, $1a$$",
        "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT (2); SELECT ')')",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; END",
        "CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC SELECT CASE CASE 1 WHEN 1 THEN 2 END WHEN 2 THEN 3 END; END",
        'create function "end;"(a int default case when true then 1 end) begin atomic; select 1 as end; end',
        "CREATE FUNCTION begin() RETURNS int LANGUAGE sql AS 'SELECT 1;'",
        "COPY (SELECT 1 FROM stdin) TO '/dev/null'",
        "BEGIN",
        "END",
        "CREATE TABLE atomic (begin int)",
        "SELECT :'variable', :name",
    ],
)
def test_a_statement_stays_whole(tmp_path, statement):
    assert texts(tmp_path, f"{statement};{statement}; SELECT 0") == [statement, statement, "SELECT 0"]


def test_comments_around_statements_and_empty_statements_are_left_out(tmp_path):
    assert texts(tmp_path, ";; -- a\n/* b; */ SELECT 1 /* c */ ; ; -- d\n; SELECT 2 -- e") == ["SELECT 1", "SELECT 2"]
    assert texts(tmp_path, "-- nothing\n") == texts(tmp_path, "") == []


def test_a_carriage_return_ends_a_line_comment_as_it_does_to_the_server(tmp_path):
    assert texts(tmp_path, "-- a\rSELECT 1;") == ["SELECT 1"]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["without a mark", "with a byte order mark"])
def test_windows_line_ends_count_once_and_stay_in_the_text(tmp_path, mark):
    file = tmp_path / "a.sql"
    file.write_bytes(mark + "\r\n-- é\r\nSELECT 1;\r\n\r\nSELECT\r\n2;\r\n".encode())
    assert [(s.path, s.line, s.text) for s in statements(file)] == [(file, 3, "SELECT 1"), (file, 5, "SELECT\r\n2")]


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"SELECT 1;\n\n\xe9", 3, "not UTF-8 (byte 0xe9); save it"),
        (b"\xef\xbb\xbf\n\xe9", 2, "not UTF-8 (byte 0xe9); save it"),
        ("SELECT 1;".encode("utf-16"), 1, "UTF-16"),
        ("SELECT 1;".encode("utf-16-le"), 1, "UTF-16"),
        (b"SELECT 1;\n\0", 2, "NUL byte"),
        (b"SELECT 1;\n  \\i b.sql\n", 2, r"psql meta-command \i: only SQL is applied; name that file"),
        (b"\\connect other", 1, r"psql meta-command \connect: only SQL"),
        (b"\\set a 'b", 1, r"psql meta-command \set: only SQL"),
        (b"\\copy t from 'a.csv'", 1, r"psql meta-command \copy: only SQL is applied; write the rows as INSERT"),
        (b"SELECT 1\n\\gexec", 2, r"psql meta-command \gexec: only SQL"),
        (b"SELECT 1 \\", 1, "psql meta-command \\: only SQL"),
        (b"SELECT 1;\nCOPY t (a)\nFROM STDIN;\n1\n\\.\n", 2, "COPY FROM STDIN needs a client"),
        (b"copy t to stdout", 1, "COPY TO STDOUT needs a client"),
        (b"SELECT 1,\n 'a;\n\n", 2, "unterminated string"),
        (b"SELECT\nE'a\\';", 2, "unterminated string"),
        (b'SELECT\n"a;', 2, "unterminated quoted identifier"),
        (b"SELECT 1\n/* /* */ ;", 2, "unterminated comment"),
        (b"DO\n$a$ $$;", 2, "unterminated dollar quote: no second $a$"),
        (b"CREATE TABLE t\n(a int;\nCREATE TABLE u (a int);", 2, "unterminated parenthesis"),
        (b"CREATE FUNCTION f()\nBEGIN ATOMIC\nSELECT 1;", 2, "unterminated BEGIN ATOMIC"),
    ],
)
def test_an_error_begins_with_file_and_line(tmp_path, content, line, words):
    file = tmp_path / "a.sql"
    file.write_bytes(content)
    with pytest.raises(SqlFileError, match=re.escape(words)) as error:
        statements(file)
    assert str(error.value).startswith(f"{file}:{line}: ")


def test_a_directory_is_its_sql_files_in_name_order(tmp_path):
    for name in ("b.sql", "a.sql", "B.sql", "10.sql", "9.sql", "a.txt", ".a.sql"):
        (tmp_path / name).touch()
    (tmp_path / "c.sql").mkdir()
    assert [file.name for file in files(tmp_path)] == ["10.sql", "9.sql", "B.sql", "a.sql", "b.sql"]
    assert files(tmp_path / "a.txt") == [tmp_path / "a.txt"]


def test_a_path_without_sql_is_named(tmp_path):
    with pytest.raises(SqlFileError, match=r"^\S+/none.sql: cannot be read: No such file"):
        files(tmp_path / "none.sql")
    with pytest.raises(SqlFileError, match=r": a directory without \*\.sql files$"):
        files(tmp_path)
    (tmp_path / "a.sql").symlink_to("gone.sql")
    with pytest.raises(SqlFileError, match=r"^\S+/a.sql: cannot be read: No such file"):
        files(tmp_path)


anything = st.text(alphabet=";'\"$\\()/*-\n\r aé0", max_size=8)
blanks = st.text(alphabet=" \t\r\n", min_size=1, max_size=3)
comments = st.one_of(
    anything.map(lambda text: " --" + re.sub(r"[\r\n]", "", text) + "\n"),
    anything.map(lambda text: f" /*{re.sub('[*/]', '', text)}/* ; */ ' */"),
)
gaps = st.one_of(blanks, comments)
literals = st.one_of(
    anything.map(lambda text: "'" + text.replace("'", "''") + "'"),
    anything.map(lambda text: "E'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"),
    anything.map(lambda text: '"' + text.replace('"', '""') + '"'),
    anything.map(lambda text: "$t_1$" + text + "$t_1$"),
    st.sampled_from(["1.5", "$1", "<>", "a.b", "::int", "é$x$"]),
)
# A word before each: two strings side by side would be one to the server.
phrases = st.tuples(st.sampled_from(["select", "case", "end", "begin", "é"]), gaps, literals).map("".join)
nested = st.recursive(
    phrases, lambda inner: st.lists(inner, max_size=3).map(lambda parts: f"x ({' ; '.join(parts)} )"), max_leaves=4
)
wholes = st.lists(st.one_of(gaps, nested), max_size=4).map(lambda parts: f"select {' '.join(parts)} x")
bodies = st.lists(phrases.filter(lambda text: not text.startswith(("case", "end", "begin"))), max_size=3).map(
    lambda parts: f"Create Function f()\nBegin/**/Atomic {' ; '.join([*parts, 'case when 1 then 2 end'])} ; End"
)


@given(st.lists(st.tuples(st.lists(gaps, max_size=3).map("".join), st.one_of(wholes, bodies)), max_size=5))
def test_statements_joined_are_split_again_at_their_lines(tmp_path_factory, pairs):
    sql, expected = "", []
    for before, text in pairs:
        sql += before
        expected.append((sql.count("\n") + 1, text))
        sql += text + ";"
    found = split(tmp_path_factory.getbasetemp(), sql.encode())
    assert [(statement.line, statement.text) for statement in found] == expected


def test_the_lines_that_pg_dump_puts_around_a_dump_are_passed_over(tmp_path):
    file = tmp_path / "dump.sql"
    file.write_text("\\restrict aB3\n\nSELECT 1;\n\n\\unrestrict aB3")
    assert [(one.line, one.text) for one in statements(file)] == [(3, "SELECT 1")]
