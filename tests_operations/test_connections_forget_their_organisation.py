"""CON: what a session said of its organisation is gone when its connection returns to the pool."""

import pytest

from spec import TENANCY
from support.application import backends
from support.waiting import until

ENTRIES = "SELECT id FROM ledger_entries"
CONTEXT = f"SELECT coalesce(current_setting('{TENANCY.setting}', true), '')"
ENDS = ["close", "commit", "rollback", "savepoint", "refused statement", "exception", "cancelled"]


def works(process, organisation, end):
    """A session works for the organisation, sees its entries and no others, and comes to its end."""
    seen = process.do("work", organisation=organisation.id, sql=ENTRIES, end=end)
    assert {row[0] for row in seen["rows"]} == organisation.entry_ids, (
        f"a session sees other entries than {organisation.id}'s"
    )


@pytest.mark.guarantee("CON-05")
@pytest.mark.parametrize("end", ENDS)
def test_the_next_session_knows_no_organisation_after(end, application, still, acme):
    process = application.running(still.name)
    works(process, acme, end)
    following = process.do("look", sql=CONTEXT)
    assert following["rows"] == [[""]], f"the next session works for {following['rows'][0][0]}"
    entries = process.do("look_everywhere", sql=ENTRIES, number=1)[0]
    assert entries == [] or "error" in entries, "the next session sees entries"  # an error: a policy that refuses
    others = until(lambda: backends(still.admin) - {following["pid"]}, lambda found: not found)
    assert not others, "there is a connection that was not looked at"


@pytest.mark.guarantee("CON-05")
def test_a_connection_serves_one_organisation_after_the_other(application, still, acme, globex):
    process = application.running(still.name)
    for end in ("commit", "rollback"):
        for organisation in (acme, globex, acme):
            works(process, organisation, end)
