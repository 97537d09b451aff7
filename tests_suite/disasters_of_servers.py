"""How further servers, and sessions, are made other than they are to be."""

import psycopg

from support import standby
from support.ledger import stored
from support.recovery.servers import Site


def once_there(name, statement):
    """Execute it on a machine when it has started, or been promoted."""
    starting, promoting = Site.start, standby.promote

    def start(site, machine_name, *rest):
        machine = starting(site, machine_name, *rest)
        if machine_name == name and name != "promoted":
            machine.admin.execute(statement)
        return machine

    def promote(pair, machine):
        promoted = promoting(pair, machine)
        if name == "promoted":
            machine.admin.execute(statement)
            promoted.rows = stored(machine.admin)
        return promoted

    Site.start, standby.promote = start, promote


def with_settings(name, **settings):
    name, starting = name.replace("_", " "), Site.start

    def start(site, machine_name, data, given):
        return starting(site, machine_name, data, {**given, **settings} if machine_name == name else given)

    Site.start = start


def outside(appending):
    def append(conn, entry):
        with psycopg.connect(conn.info.dsn, password=conn.info.password, autocommit=True) as other:
            other.execute("SELECT set_config('app.current_org_id', %s, false)", [entry.organisation_id])
            appending(other, entry)

    return append
