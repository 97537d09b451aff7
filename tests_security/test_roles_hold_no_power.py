"""ROL: the application's and the read-only role are plain login roles that own and reach nothing."""

import pytest

from spec import APP, READONLY, TABLES
from support import roles
from support.catalog import login_roles_present, tables
from support.refusals import BrokenError
from support.roles import present

ROLES = (APP, READONLY)


def login(place, who):
    """A fresh session; that the role can log in at all is GRT-06."""
    try:
        return place.login(who)
    except BrokenError:
        if place.lacks(who):
            raise
        return None


@pytest.mark.guarantee("ROL-01")
@pytest.mark.parametrize("role", ROLES)
def test_only_the_right_to_log_in_is_held_by(role, catalog_of):
    found = roles.attributes(catalog_of, present(catalog_of, role))
    assert found == {"LOGIN"}, f"{role} has the attributes {', '.join(sorted(found)) or 'none, not even LOGIN'}"


@pytest.mark.guarantee("ROL-02")
@pytest.mark.parametrize("role", ROLES)
def test_membership_leads_to_no_power_for(role, catalog_of):
    found = roles.powers_reached(catalog_of, present(catalog_of, role))
    assert not found, f"{role} reaches " + "; ".join(f"{name} ({why})" for name, why in sorted(found.items()))


@pytest.mark.guarantee("ROL-03")
@pytest.mark.parametrize("role", ROLES)
def test_nothing_is_owned_by(role, catalog_of):
    found = roles.owned(catalog_of, present(catalog_of, role))
    assert not found, f"{role} owns {', '.join(sorted(found))}"


@pytest.mark.guarantee("ROL-05")
@pytest.mark.parametrize("role", ROLES)
def test_a_password_that_the_candidate_sets_is_stored_as_a_scram_verifier_of(role, pristine):
    present(pristine.admin, role)
    stored = pristine.databases.subject.passwords_stored.get(role)
    assert stored in (None, "SCRAM-SHA-256"), f"the password of {role} is stored as {stored}"


@pytest.mark.guarantee("ROL-05")
@pytest.mark.parametrize("who", ["owner", "app", "readonly"])
def test_a_password_that_is_set_from_now_on_is_a_scram_verifier_by(who, pristine):
    conn = login(pristine, who)
    found = conn and conn.execute("SHOW password_encryption").fetchone()
    assert not conn or found == ("scram-sha-256",), (
        f"in a session of {who}, password_encryption is {found and found[0]}"
    )


@pytest.mark.guarantee("ROL-06")
@pytest.mark.parametrize("who", ["owner", "app", "readonly"])
def test_the_documented_names_mean_the_documented_tables_to(who, pristine):
    conn = login(pristine, who)
    for table in sorted(tables(pristine.admin) & set(TABLES.names)) if conn else ():
        query = "SELECT to_regclass(%s) IS NOT DISTINCT FROM to_regclass(%s), to_regclass(%s)::text"
        same, found = conn.execute(query, [table, f"public.{table}", table]).fetchone()
        assert same or found is None, f"to {who}, {table} is {found}"


@pytest.mark.guarantee("ROL-06")
@pytest.mark.parametrize("who", ["owner", "app", "readonly"])
def test_the_session_begins_as_the_login_itself_without_special_settings_of(who, pristine):
    conn = login(pristine, who)
    if not conn:
        return
    user, role = conn.execute("SELECT session_user, current_user").fetchone()
    assert user == role, f"a session of {user} begins as {role}"
    for setting, usual in (("row_security", "on"), ("session_replication_role", "origin")):
        found = conn.execute("SELECT current_setting(%s)", [setting]).fetchone()[0]
        assert found == usual, f"a session of {who} begins with {setting} = {found}"


@pytest.mark.guarantee("ROL-06")
@pytest.mark.parametrize("who", ["owner", "app", "readonly"])
def test_nobody_but_owners_creates_in_a_schema_on_the_search_path_of(who, pristine):
    query = """SELECT s, r FROM unnest(current_schemas(false)) s, unnest(%s::text[]) r
               WHERE has_schema_privilege(r, s, 'CREATE') AND s <> 'public'"""  # public itself: GRT-06
    conn = login(pristine, who)
    given = [sorted(set(ROLES) & login_roles_present(pristine.admin))]
    found = conn.execute(query, given).fetchall() if conn else []
    assert not found, f"on the search path of {who}: " + "; ".join(
        f"{role} creates in {schema}" for schema, role in found
    )
