"""ROL: the application's and the read-only role are plain login roles that own and reach nothing."""

import pytest

from spec import APP, READONLY
from support import roles
from support.catalog import login_roles_present
from support.refusals import BrokenError

ROLES = (APP, READONLY)


def present(conn, role):
    if role not in login_roles_present(conn):
        raise BrokenError(f"the candidate creates no role {role}")
    return role


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
