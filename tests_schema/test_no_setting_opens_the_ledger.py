"""LED: no session setting is a back door. The candidate's own source says which settings and words it reads."""

import psycopg
import pytest

from spec import TENANCY
from support.attacks import prepared_by, statement
from support.catalog import settings_read
from support.ledger import stored
from support.resistance import resist, unchanged

WORDS = ("on", "true", "1", "yes", "off", "false", "0")


@pytest.mark.guarantee("LED-06")
@pytest.mark.parametrize(
    "attack",
    ["UPDATE {ledger} SET amount = 7 WHERE id = %s", "DELETE FROM {ledger} WHERE id = %s"],
    ids=["update", "delete"],
)
def test_no_setting_that_the_schema_reads_opens_an_entry_to(attack, ledger, acme):
    before = stored(ledger.admin)
    read, words = settings_read(ledger.admin)
    for setting in sorted(read - {TENANCY.setting}):
        for word in (*WORDS, *sorted(words)):
            for actor in ("superuser", "owner", "app"):
                if ledger.lacks(actor):
                    continue
                chosen = "SET LOCAL {} = {}".format(setting, "'" + word.replace("'", "''") + "'")
                what = f"{attack} after {chosen} by {actor}"
                hidden = prepared_by(*_settable(ledger, actor, chosen), then=statement(attack, acme.entries[0].id))
                resist(ledger.session(actor, acme), hidden, what, sees_all=actor == "superuser")
    unchanged(ledger.admin, before, "attacks under every setting that the schema reads")


def _settable(ledger, actor, chosen):
    """The SET, if the server takes it from this role at all."""
    session = ledger.session(actor)
    try:
        with session.transaction(force_rollback=True):
            session.execute(chosen)
    except psycopg.Error:
        return ()
    return (chosen,)
