"""No canary that comes with a source is shown: a server's URL, a running database, an Alembic project, an AWS account."""

# ruff: noqa: F811  # fixtures are imported
import json

import pytest

from tests_suite.canary_runs import FILES, Garden
from tests_suite.canary_spellings import AS_SUPERUSER
from tests_suite.conftest import NOBODY
from tests_suite.external_servers import _external_server, external  # noqa: F401
from tests_suite.homes import _warmed, home  # noqa: F401
from tests_suite.migration_projects import Project
from tests_suite.source_server import source_server

TALKATIVE = ("-vv", "--tb=long", "--showlocals")


@pytest.fixture
def garden(tmp_path):
    """Without its candidate: another source is given, in which its passwords are stated nowhere."""
    made = Garden(tmp_path)
    made.canaries.forget("SQL: a name that is a password")
    return made


def clean(garden, told, code):
    """The end of the run, without a canary."""
    found, output = told
    assert not (leaks := garden.leaks()), "\n".join(leaks)
    assert found == code, output
    return output


@pytest.mark.parametrize("how", ["in the URL", "in PGPASSWORD"])
def test_no_canary_of_the_url_of_a_server(how, garden, home, external):
    secret = garden.canaries["server"]
    external.run("CREATE ROLE canary SUPERUSER LOGIN PASSWORD '" + secret.replace("'", "''") + "'")
    url = external.url_of("canary", "").replace(":@", f":{garden.canaries.quoted('server')}@")
    if how == "in PGPASSWORD":
        garden.canaries.forget("PGPASSWORD")
        garden.environment["PGPASSWORD"], url = secret, url.replace(f":{garden.canaries.quoted('server')}@", "@")
    try:
        variables = garden.told(secret)
        output = clean(garden, garden.run(home, "--server", url, *TALKATIVE, FILES[0], schema=False, **variables), 1)
    finally:
        external.run("DROP ROLE canary")
    assert "verdict: incomplete" in output


def test_no_canary_of_a_running_database(garden, home, tmp_path):
    patch = tmp_path / "patch.sql"
    statements = [text.replace("SECRET", garden.canaries.make(f"SQL: {name}", "%/+&<"))
                  for name, text in AS_SUPERUSER.items()]  # fmt: skip
    patch.write_text(";\n".join([*statements, (garden.candidate / "05_canaries.sql").read_text()]))
    with source_server(patch) as source:
        secret = source.server.passwords["postgres"]
        garden.canaries.forget("PGPASSWORD")
        garden.canaries.cores["the source's"] = secret
        dsn = source.dsn().replace("postgres@", f"postgres:{secret}@")
        for words in (("--schema-from", dsn), ("--schema-from", source.dsn().replace("//postgres", "//nobody"))):
            environment = {**garden.told(secret), **source.password()}
            told = garden.run(home, *words, *TALKATIVE, *FILES, schema=False, **environment)
            output = clean(garden, told, 1 if "nobody" not in words[1] else 11)
    assert "--schema-from: no connection" in output


def planted_project(garden, folder):
    """The worked example with canaries in its ini, its env.py and a migration."""
    project = Project(folder)
    project.put("alembic.ini", "[alembic]", f"[alembic]\n# password = {garden.canaries.make('SQL: ini', 'x')}")
    text = project.ini.read_text()
    url = next(line for line in text.splitlines() if line.startswith("sqlalchemy.url"))
    quoted = garden.canaries.quoted("SQL: sqlalchemy.url").replace("%", "%%")
    project.put("alembic.ini", url, f"sqlalchemy.url = postgresql+asyncpg://amply_admin:{quoted}@db.example/amply")
    environment = folder / "migrations" / "env.py"
    environment.write_text(f"DB_PASSWORD = '{garden.canaries.make('SQL: env.py', 'x')}'\n" + environment.read_text())
    return project


@pytest.mark.parametrize("fails", [False, True], ids=["applied", "refused"])
def test_no_canary_of_an_alembic_project(fails, garden, home, tmp_path):
    project = planted_project(garden, tmp_path / "project")
    secret = garden.canaries.make("SQL: migration", "x")
    project.add("0009", "0004", f"CREATE USER c_migration PASSWORD '{secret}'" + " AND" * fails)
    words = ("--alembic", project.ini, "--alembic-revision", "0009", *TALKATIVE, *FILES)
    output = clean(garden, garden.run(home, *words, schema=False), 11 if fails else 1)
    assert ("statement: CREATE USER c_migration PASSWORD '***'" in output) == fails
    assert not list(project.folder.glob(".amply*"))


@pytest.fixture
def account(simulation, compliant, garden):
    """The account, with what its secrets hold repeated where it is read; its passwords are canaries."""
    store = simulation.client("secretsmanager")
    for name, arn in compliant.secrets.items():
        value = store.get_secret_value(SecretId=arn)["SecretString"]
        secret = garden.canaries.make(f"unread: {name}", "")
        for old in compliant.passwords:
            value = value.replace(old, secret)
        if name == "database-replica-url":  # RDS's own form
            at = {"engine": "postgres", "host": "db.example", "username": "amply_readonly", "dbname": "amply"}
            value = json.dumps({**at, "password": garden.canaries[f"unread: {name}"], "port": 5432})
        store.put_secret_value(SecretId=arn, SecretString=value)
    said = garden.canaries["unread: database-url"]
    simulation.instance("amply-prod").tags.append({"Key": "note", "Value": f"the password is {said}"})
    simulation.backend("cloudwatch").alarms["rds-amply-high-cpu"].description = f"password={said}"
    for name, value in simulation.environment().items():
        if name == "AWS_SECRET_ACCESS_KEY":
            garden.canaries.cores[name] = value
    return simulation.environment()


@pytest.mark.parametrize("live", ["", "postgresql://someone:{}@127.0.0.1:1/amply"], ids=["account", "no live database"])
def test_no_canary_of_an_account(live, garden, home, account):
    words = (
        "-m",
        "live",
        "--environment",
        "production",
        "--read-secrets",
        "--account-record",
        garden.out / "account.json",
    )
    more = ("--live-dsn", live.format(garden.canaries.quoted("live"))) if live else ()
    said = garden.told(*(secret for name, secret in garden.canaries.items() if name.startswith("unread")))
    told = garden.run(home, *words, *more, "-n2", *TALKATIVE, "tests_live", schema=False, **{**said, **account})
    clean(garden, told, 12 if live else 1)
    assert '"Value": "the password is ***"' in (garden.out / "account.json").read_text()


def test_no_canary_of_an_account_that_refuses(garden, home):
    words = ("-m", "live", "--environment", "production", "--read-secrets")
    clean(garden, garden.run(home, *words, schema=False, **NOBODY, AWS_MAX_ATTEMPTS="1"), 12)
