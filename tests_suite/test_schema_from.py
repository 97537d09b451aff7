"""A running database is copied as it is: the reference, what is broken, what is harmless; and none of its rows is read."""

import re
from itertools import chain

import pytest

from support.catalog_digest import catalog_sha256
from support.rds_like import DATABASE
from tests_suite.bundles import Bundle
from tests_suite.catalogs import differences
from tests_suite.conftest import OF_A_SCHEMA, QUICK, ROOT
from tests_suite.source_server import copied, source_server
from tests_suite.sql_mutants import declared

# Of every area, and of all that a dump may lose: two runs, in which no mutant hides another.
MUTANTS = (
    ("led_truncate_trigger_not_always", "chn_no_unique_link", "ten_totals_in_a_materialised_view",
     "grt_a_large_object_is_open", "rol_passwords_in_md5_from_now_on", "shp_unlogged"),
    ("led_no_delete_trigger", "chn_open_search_path", "ten_policy_of_one_command_is_open",
     "grt_replication_role_may_be_set", "rol_password_in_md5", "shp_reference_cascades"),
    ("ten_view_of_the_superuser", "grt_later_functions_are_open", "rol_readonly_owns_a_function"),
    ("grt_another_server_is_reached", "rol_search_path_is_writable"),
)  # fmt: skip
VARIANTS = ("ddl_by_migrations_only", "policies_per_command")


@pytest.fixture
def judged(suite):
    def judge(source, *more):
        return suite("--schema-from", source.dsn(), *(more or QUICK), environment=source.password())

    return judge


def test_the_copy_of_the_reference_is_the_reference_and_nothing_was_asked_of_its_rows():
    with source_server(settings={"log_statement": "all"}) as source:
        with source.connect() as admin:
            admin.execute("INSERT INTO users (id, email, name) VALUES ('usr_1', 'a@b.example', 'Somebody')")
        before, seen = catalog_sha256(source.server), len(source.log())
        lease, found, server = copied(source, "amply_readonly")
        asked = source.log()[seen:]
        try:
            assert differences(source.server, server) == []
            assert catalog_sha256(server) == catalog_sha256(source.server) == before
            again, twice, _ = copied(source)
            again.close()
            assert [one.sha256 for one in twice.sources] == [one.sha256 for one in found.sources]
            assert found.left_out == ("how passwords are stored (amply_readonly may not read pg_authid)",)
            assert twice.left_out == ()
            with server.connect("postgres", DATABASE) as admin:
                assert admin.execute("SELECT count(*) FROM users").fetchone() == (0,)
        finally:
            lease.close()
    said = re.split(r"(?m)^.*? LOG:  ", asked)
    statements = [" ".join(one.split()) for one in said if one.startswith(("statement:", "execute"))]
    assert any("LOCK TABLE" in one and "ACCESS SHARE" in one for one in statements)
    assert len(statements) > 50
    tables = {*(f"public.{name}" for name in ("users", "funds", "ledger_entries", "organisations"))}
    for one in statements:
        words = re.sub(r"^(statement|execute [^:]*): ", "", one)
        assert re.match(r"(?i)(SELECT|WITH|SET|BEGIN|COMMIT|ROLLBACK|SHOW|PREPARE|EXECUTE|DECLARE|FETCH|CLOSE|LOCK TABLE|"
                        r"RESET|DEALLOCATE)\b", words), one  # fmt: skip
        if not words.startswith("LOCK TABLE"):
            assert not any(re.search(rf"(?i)(FROM|JOIN|ONLY) {name}\b", words) for name in tables), one


@pytest.mark.parametrize("names", MUTANTS, ids="+".join)
def test_what_is_broken_there_is_broken_in_the_copy(names, judged):
    mutants = [ROOT / "mutants" / f"{name}.sql" for name in names]
    with source_server(*sorted(mutants, key=lambda one: not one.stem.startswith("shp_"))) as source:
        run = judged(source)
    assert run.ids("broken", "error", "not-checked") == set(chain(*map(declared, mutants))), (
        run.why() + run.output[-900:]
    )
    assert run.exit == 1
    candidate = run.evidence["candidate"]
    assert candidate["kind"] == "dump"
    named = [one["path"] for one in candidate["sources"]]
    assert named[:2] == [f"{name} of amply at this machine:5432" for name in ("roles.sql", "schema.sql")]
    assert all(len(one["sha256"]) == 64 for one in candidate["sources"])
    assert "candidate dump of amply at this machine:5432 as postgres on PostgreSQL 15." in run.output
    password = source.server.passwords["postgres"]
    assert password not in run.output + str(run.evidence)


@pytest.mark.parametrize("name", VARIANTS)
def test_what_is_harmless_there_is_harmless_in_the_copy(name, judged):
    with source_server(ROOT / "variants" / f"{name}.sql") as source:
        run = judged(source)
    assert run.ids("kept") == OF_A_SCHEMA, run.why() + run.output[-900:]
    assert Bundle(run.folder).found() == ""
