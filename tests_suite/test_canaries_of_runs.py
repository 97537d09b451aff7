"""Whatever way a run ends, and however much it is asked to show, no canary stands in anything that it leaves."""

# ruff: noqa: F811  # fixtures are imported
import pytest

from tests_suite.canary_runs import FILES, LOUD, Garden
from tests_suite.homes import _warmed, home  # noqa: F401

ENDS = {
    "verdicts in one process, nothing captured": (("-v", "-s", "-W", "default"), 1, "verdict: incomplete"),
    "a server that dies": (("--accident", "stop=is_refused_to_an_owner", *LOUD), 1, "verdict: incomplete"),
    "a file that is not collected": (("-n2", "tests_schema/test_rules_on_entries.py"), 1, "verdict: incomplete"),
    "a worker that dies": (("-n2", "--accident", "kill=longer_value", *LOUD), 1, "verdict: incomplete"),
}


@pytest.fixture
def garden(tmp_path):
    return Garden(tmp_path)


@pytest.mark.parametrize("end", ENDS)
def test_no_canary_after(end, garden, home):
    words, code, said = ENDS[end]
    found, output = garden.run(home, *words, *FILES)
    assert not (leaks := garden.leaks()), "\n".join(leaks)
    assert found == code, output
    assert said in output
    catalog = ("evidence/catalog.json",) * (end != "a server that dies")
    for file in ("evidence/evidence.json", *catalog, "junit.xml", "step_summary.md"):
        assert "***" in (garden.out / file).read_text(), file


INTERNAL = {"in one process": (), "in a worker": ("-n2",)}


@pytest.mark.parametrize("where", INTERNAL)
def test_no_canary_after_a_crash_of_a_plugin(where, garden, home):
    crashing = garden.told(internal="longer_value")
    _, output = garden.run(home, *INTERNAL[where], "--tb=long", *FILES, **crashing)
    assert not (leaks := garden.leaks()), "\n".join(leaks)
    assert "a plugin crashes: ['***" in output


ASKED = ("--help", "--collect-only", "--version", "--markers", "--setup-plan", "--fixtures", "--trace-config")


def test_no_canary_in_answers_to_questions(garden, home):
    for words in ASKED:
        url = f"postgresql://someone:{garden.canaries.quoted('unread: URL')}@127.0.0.1:1/"
        garden.run(home, words, "--schema-from", url, "-q", FILES[0], schema=False, AMPLY_SERVER=url)
        assert not (leaks := garden.leaks()), "\n".join(leaks)


URL = "postgresql://someone:{}@127.0.0.1:1/amply"
EARLY = {
    "no server": (10, ("--server", URL)),
    "no server, the password in its query": (10, ("--server", "postgresql://someone@127.0.0.1:1/amply?password={}")),
    "no server, a slash in the password": (10, ("--server", "postgresql://someone:{}/x@127.0.0.1:1/amply")),
    "a server of another scheme": (10, ("--server", "mysql://someone:{}@127.0.0.1:1/amply")),
    "a URL without a scheme": (4, ("--server", "someone:{}@127.0.0.1")),
    "an unknown option": (4, (f"--sever={URL}",)),
    "an unknown option and its value": (4, ("--sever", URL)),
    "a wrong choice": (4, ("--require", URL)),
    "a URL where a path is meant": (4, ("--deviations", URL)),
    "a URL that names no host": (4, ("--schema-from", "postgresql://someone:{}@a@b/amply")),
    "no source": (11, ("--schema-from", URL)),
    "no source by libpq's words": (11, ("--schema-from", "host=127.0.0.1 port=1 user=someone password={}")),
    "no candidate": (11, ("--schema", URL)),
    "no live database": (4, ("--live-dsn", URL)),
}


@pytest.mark.parametrize("end", EARLY)
def test_no_canary_in_the_line_of(end, garden, home):
    code, words = EARLY[end]
    given = [word.format(garden.canaries.quoted("option")) for word in words]
    found, output = garden.run(home, *given, schema=False)
    assert not (leaks := garden.leaks()), "\n".join(leaks)
    assert found == code, output


REFUSED = {
    "the statement holds it": "CREATE USER c_again PASSWORD 'PASSWORD' CREATE",
    "the server repeats it": "DO $$ BEGIN EXECUTE 'ALTER USER nobody PASSWORD ''PASSWORD'''; END $$",
    "it is a name": "CREATE USER c_again PASSWORD 'PASSWORD'; SELECT * FROM \"PASSWORD\"",
    "it is raised": "CREATE USER c_again PASSWORD 'PASSWORD'; DO $$ BEGIN RAISE 'PASSWORD' USING HINT = 'PASSWORD'; END $$",
    "it is stated later": "SELECT * FROM \"PASSWORD\"; CREATE USER c_again PASSWORD 'PASSWORD'",
    "the string does not end": "CREATE USER c_again PASSWORD 'PASSWORD",
    "its name is the file's": "CREATE USER c_again PASSWORD 'PASSWORD' CREATE",
}


@pytest.mark.parametrize("refusal", REFUSED)
def test_no_canary_in_the_refusal_of_a_candidate_if(refusal, garden, home, tmp_path):
    password = garden.canaries.make("SQL: refused", "")
    file = tmp_path / (f"{password}.sql" if "file" in refusal else "refused.sql")
    file.write_text(REFUSED[refusal].replace("PASSWORD", password).replace(f"USER c_again {password}", "USER c_again PASSWORD")
                    .replace(f"nobody {password}", "nobody PASSWORD"))  # fmt: skip
    found, output = garden.run(home, "--schema", file, schema=False)
    assert not (leaks := garden.leaks()), "\n".join(leaks)
    assert found == 11, output
