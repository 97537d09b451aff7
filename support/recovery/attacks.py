"""A short attack on a server after something happened to it: what protected the ledger before protects it now."""

from typing import Any, Final

import psycopg

from spec import APP, TABLES
from support.chains import accept, refuse, wrong_links
from support.ledger import Organisation, entry_ids, stored
from support.recovery.machine import Machine
from support.refusals import BrokenError, refused
from support.sowing import ACME, GLOBEX, known

Connection = psycopg.Connection[Any]
_CHANGES: Final = (
    f"UPDATE public.{TABLES.ledger} SET amount = 7",
    f"UPDATE public.{TABLES.ledger} SET visibility = 'internal_only' WHERE organisation_id = '{ACME}'",
    f"DELETE FROM public.{TABLES.ledger} WHERE organisation_id = '{GLOBEX}'",
)


def organisation(machine: Machine, organisation_id: str) -> Organisation:
    """The organisation as it stands there. Raises BrokenError if its entries are no chain."""
    try:
        return known(machine.admin, organisation_id)
    except (ValueError, psycopg.Error) as error:
        raise BrokenError(f"the entries of {organisation_id} on the {machine.name} are no chain: {error}") from None


def withstands(machine: Machine) -> None:
    """No change, no wrong link, no look at another organisation goes through; the honest next entry does.

    Raises BrokenError with what went through.
    """
    admin, acme, globex = machine.admin, organisation(machine, ACME), organisation(machine, GLOBEX)
    before = stored(admin)
    for change in _CHANGES:
        with refused(f"{change} by a superuser on the {machine.name}"):
            admin.execute(change.encode())
    for what, link in wrong_links(acme, globex).items():
        refuse(admin, acme.next(prev_entry_hash=link), what=f"an entry that follows {what} on the {machine.name}")
    for mine, theirs in ((acme, globex), (globex, acme)):
        app = machine.session(APP, mine)
        if entry_ids(app) != mine.entry_ids:
            raise BrokenError(f"{APP} for {mine.id} reads other entries than its own on the {machine.name}")
        refuse(app, theirs.next(), what=f"an entry of {theirs.id} written for {mine.id} on the {machine.name}")
    if stored(admin) != before:
        raise BrokenError(f"the ledger of the {machine.name} is not what it was before the attacks")
    resumes(machine, acme)


def resumes(machine: Machine, acme: Organisation, *, plain: bool = False) -> None:
    """The application appends what follows the head, and a second entry there is refused. Raises BrokenError."""
    app, entry = machine.session(APP, acme, plain=plain), acme.next()
    accept(app, entry, f"the honest next entry on the {machine.name}")
    refuse(app, acme.next(), what=f"a second entry after the same one on the {machine.name}")
    accept(app, acme.grown(entry).next(), f"the entry after the next on the {machine.name}")
