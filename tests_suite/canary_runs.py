"""Runs of the suite among canaries: what they are given, how they are made to talk, and where the canaries are looked for."""

import json
import shutil
import subprocess
from contextlib import suppress

from tests_suite.canaries import Canaries, command_lines, files_below
from tests_suite.canary_spellings import SQL
from tests_suite.conftest import ROOT

LOUD = ("-vv", "--tb=long", "--showlocals", "-rA", "--durations=3", "--setup-show")
FILES = tuple(
    f"tests_{file}.py"
    for file in (
        *("schema/test_shape_of_the_schema", "schema/test_ledger_is_never_emptied"),
        *("security/test_roles_hold_no_power", "security/test_grants_are_the_documented_ones"),
    )
)
SIGNS = "%é/+&<"  # that can stand in every spelling
NAMED = """
CREATE TABLE {0} (id int PRIMARY KEY, reference text CONSTRAINT {0}_check CHECK (reference <> ''));
GRANT UPDATE ON {0} TO amply_readonly;
CREATE ROLE {0}_role LOGIN CREATEDB;
GRANT {0}_role TO amply_app;
CREATE FUNCTION {0}_function() RETURNS text LANGUAGE sql AS $$ SELECT '{0}'::text $$;
GRANT SELECT ON {1} TO amply_readonly;
"""
DEVIATION = """[GRT-01]
because = "Until password={0} is replaced, and postgresql://someone:{0}@db.example too."
until = 2999-12-31
"""


class Garden:
    """A folder with a candidate full of canaries, an environment full of them, and a place for what a run writes."""

    def __init__(self, folder):
        self.folder, self.canaries = folder, Canaries()
        self.out, self.candidate = folder / "out", folder / "candidate"
        self.out.mkdir()
        self._plant_candidate()
        self.environment = self._plant_environment()

    def _plant_candidate(self):
        shutil.copytree(ROOT / "candidates" / "reference", self.candidate)
        secrets = {name: self.canaries.make(f"SQL: {name}", SIGNS) for name in SQL}
        statements = [text.replace("SECRET", secrets[name]) for name, text in SQL.items() if name != "verifier"]
        # It was stated as a password, so it is known wherever else it turns up.
        again = self.canaries.make("SQL: a name that is a password", "")
        statements.append(f"CREATE USER c_again PASSWORD '{again}'; CREATE TABLE {again} (id int)")
        statements.append(f"COMMENT ON ROLE c_again IS 'it says {again}, without a sign'")
        names = NAMED.format(self.canaries.make("environment: the name of an object", ""), again)
        (self.candidate / "05_canaries.sql").write_text(";\n".join([*statements, names]), encoding="utf-8")
        (self.candidate / "deviations.toml").write_text(DEVIATION.format(self.canaries.make("deviation", SIGNS[:-1])))

    def _plant_environment(self):
        it, passfile = self.canaries, self.folder / "pgpass"
        passfile.write_text(f"db.example:5432:*:someone:{it['PGPASSFILE'].replace(':', chr(92) + ':')}\n")
        passfile.chmod(0o600)
        url = f"postgresql://someone:{it.quoted('DATABASE_URL')}@db.example/amply"
        self.summary = self.out / "step_summary.md"
        return {
            **{name: it[name] for name in ("PGPASSWORD", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "GITHUB_TOKEN")},
            **{
                "PGPASSFILE": str(passfile),
                "DATABASE_URL": url,
                "SOME_PASSWORD": it["environment: the name of an object"],
            },
            **{
                "GITHUB_ACTIONS": "true",
                "GITHUB_STEP_SUMMARY": str(self.summary),
                "GITHUB_WORKSPACE": str(self.folder),
            },
            **{
                "GOSSIP_NOTES": str(self.folder / "notes"),
                "DEPLOY_KEY": f"-----BEGIN\n{it['second line of a key']}\nEND",
            },
        }

    def told(self, *more, internal=""):
        """The environment for tests/gossip.py: which canaries a run has read, and so may say."""
        read = [secret for name, secret in self.canaries.items() if not name.startswith(("SQL", "deviation", "unread"))]
        read += [secret for name, secret in self.canaries.items() if name == "SQL: a name that is a password"]
        gossip = json.dumps({"secrets": [*read, *more], "internal": internal})
        return {**self.environment, "GOSSIP": gossip, "GITHUB_WORKSPACE": str(self.folder)}

    def run(self, home, *words, schema=True, gossip=True, **variables):
        """A run to its end: exit code, output; its command lines, files and leftovers are searched by `leaks`."""
        given = ("--schema", self.candidate) if schema else ()
        talk = ("-p", "tests_suite.gossip") if gossip else ()
        process = home.suite(
            *talk, f"--evidence={self.out / 'evidence'}", f"--junit-xml={self.out / 'junit.xml'}", *given, *words,
            **{**self.told(), **variables},
        )  # fmt: skip
        self.home, self.lines, self.output = home, {}, None
        while self.output is None:
            self.lines |= command_lines(process.pid)
            with suppress(subprocess.TimeoutExpired):
                self.output, _ = process.communicate(timeout=0.2)
        return process.returncode, self.output

    def leaks(self):
        """Every canary that was found, with the place; the passwords of the disposable server are canaries too."""
        notes = self.folder / "notes"
        for number, password in enumerate(json.loads(notes.read_text()) if notes.exists() else []):
            self.canaries.cores[f"the suite's own {number}"] = password
        places = {"output": self.output.encode(), **self.lines, **files_below(self.out, self.home.temp)}
        return self.canaries.found(places)
