"""One digest over everything the candidate put into the catalog, for telling two candidates apart."""

import hashlib

import psycopg

from support.rds_like import DATABASE
from support.server import Server

# Each query yields rows of text, free of object ids, in a fixed order.
_QUESTIONS = (
    """SELECT c.oid::regclass::text, c.relkind::text, c.relpersistence::text, c.relowner::regrole::text,
              c.relrowsecurity::text, c.relforcerowsecurity::text, c.relacl::text, c.reloptions::text
       FROM pg_class c WHERE c.relnamespace::regnamespace::text !~ '^(pg_|information_schema)'""",
    """SELECT a.attrelid::regclass::text, a.attnum::text, a.attname::text, format_type(a.atttypid, a.atttypmod),
              a.attnotnull::text, a.attacl::text, pg_get_expr(d.adbin, d.adrelid)
       FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
       LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
       WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relnamespace::regnamespace::text !~ '^(pg_|information_schema)'""",
    """SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid), convalidated::text FROM pg_constraint
       WHERE connamespace::regnamespace::text !~ '^(pg_|information_schema)'""",
    """SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
       WHERE c.relnamespace::regnamespace::text !~ '^(pg_|information_schema)'""",
    """SELECT tgrelid::regclass::text, pg_get_triggerdef(oid), tgenabled::text FROM pg_trigger WHERE NOT tgisinternal""",
    """SELECT pg_get_functiondef(oid), proowner::regrole::text, proacl::text FROM pg_proc
       WHERE pronamespace::regnamespace::text !~ '^(pg_|information_schema)' AND prokind IN ('f', 'p')""",
    """SELECT polrelid::regclass::text, polname::text, polcmd::text, polpermissive::text, polroles::regrole[]::text,
              pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid) FROM pg_policy""",
    """SELECT pg_get_viewdef(oid), oid::regclass::text FROM pg_class
       WHERE relkind IN ('v', 'm') AND relnamespace::regnamespace::text !~ '^(pg_|information_schema)'""",
    """SELECT rolname::text, rolsuper::text, rolinherit::text, rolcreaterole::text, rolcreatedb::text, rolcanlogin::text,
              rolreplication::text, rolbypassrls::text, rolconfig::text FROM pg_roles WHERE rolname !~ '^pg_'""",
    """SELECT roleid::regrole::text, member::regrole::text, admin_option::text FROM pg_auth_members""",
    """SELECT nspname::text, nspowner::regrole::text, nspacl::text FROM pg_namespace
       WHERE nspname !~ '^(pg_|information_schema)'""",
    """SELECT datacl::text FROM pg_database WHERE datname = current_database()""",
    """SELECT evtname::text, evtevent::text, evtenabled::text FROM pg_event_trigger""",
    """SELECT defaclrole::regrole::text, defaclnamespace::regnamespace::text, defaclobjtype::text, defaclacl::text
       FROM pg_default_acl""",
)


def catalog_sha256(server: Server) -> str:
    """SHA-256 over the candidate's catalog; empty if the server is gone."""
    total = hashlib.sha256()
    try:
        with server.connect(server.superuser, DATABASE) as conn:
            for question in _QUESTIONS:
                rows = sorted(repr(row) for row in conn.execute(question))
                total.update(("\n".join(rows) + "\0").encode())
    except psycopg.OperationalError:
        return ""
    return total.hexdigest()
