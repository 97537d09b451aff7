"""A running database as the candidate: where it is, and what pg_dump leaves out of it. Read only, catalog only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg
from psycopg import sql

from spec import APP, READONLY
from support.binaries import MAJOR
from support.candidate import CandidateError
from support.live_database import connect, conninfo
from support.passwords import hidden

OPTION: Final = "--schema-from"
_OBJECTS: Final = 100  # combinations of owner and privileges of large objects that are copied
# What libpq says, and what to do about it.
_ADVICE: Final = {
    "password authentication failed": "check user and password",
    "no password supplied": "give the password in PGPASSWORD or in the DSN",
    "no encryption": "the server asks for TLS: add sslmode=require",
    "does not support SSL": "the server has no TLS: is it the right one, or is sslmode too strict?",
    "certificate": "give the certificates of the server's authority with sslrootcert=FILE",
    "resolve host": "check the host's name",
    "translate host name": "check the host's name",
    "Connection refused": "check host and port; nothing listens there",
    "No such file or directory": "check host and port; nothing listens there",
    "timeout": "check host and port, and that the network lets this machine through",
    "unsupported startup parameter": "name the instance itself, not a pooler",
    "too many": "try again when there are connections left",
    "does not exist": "check the names of database and user",
    "permission denied for database": "GRANT CONNECT ON DATABASE helps",
}
_PASSWORDS: Final = """
    SELECT rolname, CASE WHEN rolpassword LIKE 'SCRAM-SHA-256$%%' THEN 'SCRAM-SHA-256'
                         WHEN rolpassword LIKE 'md5%%' THEN 'md5' ELSE 'text' END
    FROM pg_catalog.pg_authid WHERE rolpassword IS NOT NULL AND rolname = ANY (%s)"""
_LARGE_OBJECTS: Final = """
    SELECT min(oid::bigint), pg_catalog.pg_get_userbyid(lomowner), (SELECT array_agg(ARRAY[CASE grantee WHEN 0 THEN 'PUBLIC'
        ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(grantee)) END, privilege_type, is_grantable::text])
        FROM pg_catalog.aclexplode(lomacl)) FROM pg_catalog.pg_largeobject_metadata GROUP BY lomowner, lomacl ORDER BY 1"""
_OURS: Final = "pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
_VIEWS: Final = f"""SELECT n.nspname, c.relname FROM {_OURS}
    WHERE c.relkind = 'm' AND c.relispopulated AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
        WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e') ORDER BY c.oid"""
_INDEXES: Final = f"""SELECT c.oid::regclass::text FROM {_OURS} JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
    WHERE c.relkind = 'i' AND n.nspname !~ '^pg_' AND NOT i.indisvalid ORDER BY 1"""
_KEYS: Final = f"""SELECT n.nspname, r.relname, k.conname, n.nspname, c.relname, p.proname, t.tgenabled::text
    FROM {_OURS} JOIN pg_catalog.pg_trigger t ON t.tgrelid = c.oid JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
    JOIN pg_catalog.pg_constraint k ON k.oid = t.tgconstraint JOIN pg_catalog.pg_class r ON r.oid = k.conrelid
    WHERE t.tgisinternal AND t.tgenabled <> 'O' ORDER BY t.oid"""


@dataclass(frozen=True)
class Running:
    """What is known of the source. `bootstrap`: its first superuser. `more`: SQL for what pg_dump does not write.

    `passwords`: how those of the two users are stored, by role. `everywhere`: ALTER ROLE ALL SET, name and value.
    """

    database: str
    at: str
    user: str
    reached: dict[str, Any] = field(repr=False)  # libpq's parameters, the password among them
    major: int
    bootstrap: str
    roles: frozenset[str]
    passwords: dict[str, str]
    everywhere: list[tuple[str, str]]
    more: str
    left_out: list[str]

    @property
    def name(self) -> str:
        return f"{self.database} at {self.at}"


def _reached(dsn: str) -> psycopg.Connection[Any]:
    """A session in the source. Raises CandidateError, with what was said and what to do."""
    at = conninfo(dsn, OPTION)
    try:
        return connect(dsn)
    except psycopg.Error as error:
        problem = str(error)
    if password := str(at.get("password") or ""):
        problem = problem.replace(password, "***")
    advice = [what for words, what in _ADVICE.items() if words in problem]
    raise CandidateError("; ".join([f"{OPTION}: no connection: {hidden(problem)}", *advice[:1]]))


def _large_objects(found: Sequence[tuple[Any, ...]]) -> Iterable[sql.Composed]:
    for oid, owner, privileges in found:
        number = sql.Literal(oid)
        yield sql.SQL("SELECT pg_catalog.lo_create({})").format(number)
        yield sql.SQL("ALTER LARGE OBJECT {} OWNER TO {}").format(number, sql.Identifier(owner))
        if privileges is not None:
            yield sql.SQL("REVOKE ALL ON LARGE OBJECT {} FROM {}").format(number, sql.Identifier(owner))
        for grantee, privilege, grantable in privileges or []:
            option = sql.SQL(" WITH GRANT OPTION" if grantable == "true" else "")
            yield sql.SQL("GRANT {} ON LARGE OBJECT {} TO {}{}").format(
                sql.SQL(privilege), number, sql.SQL(grantee), option
            )


def _states(conn: psycopg.Connection[Any]) -> Iterable[sql.Composed]:
    """What a dump does not say: that views are filled, that keys do not watch."""
    for schema, view in conn.execute(_VIEWS).fetchall():
        yield sql.SQL("REFRESH MATERIALIZED VIEW {}").format(sql.Identifier(schema, view))
    for key_schema, key_table, key, schema, table, function, enabled in conn.execute(_KEYS).fetchall():
        yield sql.SQL(
            "UPDATE pg_catalog.pg_trigger SET tgenabled = {} WHERE tgisinternal AND tgrelid = {}::regclass AND tgconstraint = "
            "(SELECT oid FROM pg_catalog.pg_constraint WHERE conname = {} AND conrelid = {}::regclass) AND tgfoid = {}::regproc"
        ).format(
            sql.Literal(enabled),
            sql.Literal(sql.Identifier(schema, table).as_string(conn)),
            sql.Literal(key),
            sql.Literal(sql.Identifier(key_schema, key_table).as_string(conn)),
            sql.Literal(sql.Identifier("pg_catalog", function).as_string(conn)),
        )


def look(dsn: str) -> Running:
    """Everything that is asked of the source itself. Raises CandidateError: not reached, too new, or not answered."""
    left_out: list[str] = []
    with _reached(dsn) as conn:
        info = conn.info
        host = "this machine" if info.host.startswith("/") or not info.host else info.host
        at, major = f"{host}:{info.port}", info.server_version // 10000
        if major > int(MAJOR):
            raise CandidateError(
                f"{OPTION}: {info.dbname} at {at} is PostgreSQL {major}: {MAJOR} and older can be copied"
            )
        try:
            roles = dict(conn.execute("SELECT rolname, oid::bigint FROM pg_catalog.pg_roles").fetchall())
            passwords: dict[str, str] = {}
            may = "SELECT pg_catalog.has_column_privilege('pg_catalog.pg_authid', 'rolpassword', 'SELECT')"
            if conn.execute(may).fetchone() == (True,):
                passwords = dict(conn.execute(_PASSWORDS, [[APP, READONLY]]).fetchall())
            else:
                left_out.append(f"how passwords are stored ({info.user} may not read pg_authid)")
            objects = conn.execute(_LARGE_OBJECTS).fetchall()
            if len(objects) > _OBJECTS:
                left_out.append(f"large objects beyond the first {_OBJECTS} combinations of owner and privileges")
            more = [*_large_objects(objects[:_OBJECTS]), *_states(conn)]
            everywhere = conn.execute("""SELECT split_part(c, '=', 1), substr(c, strpos(c, '=') + 1)
                FROM pg_catalog.pg_db_role_setting, unnest(setconfig) c WHERE setdatabase = 0 AND setrole = 0""")
            subscriptions = conn.execute("""SELECT subname FROM pg_catalog.pg_subscription WHERE subdbid =
                (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()) ORDER BY 1""").fetchall()
            indexes = conn.execute(_INDEXES).fetchall()
            left_out += [f"index {name}: it is not valid, and a dump leaves it out" for (name,) in indexes]
            left_out += [f"subscription {name}: a copy reaches no other system" for (name,) in subscriptions]
            return Running(
                database=info.dbname,
                at=at,
                user=info.user,
                reached={
                    **conninfo(dsn, OPTION),
                    "host": info.host,
                    "port": info.port,
                    "dbname": info.dbname,
                    "user": info.user,
                },
                major=major,
                bootstrap=next((name for name, oid in roles.items() if oid == 10), ""),
                roles=frozenset(roles),
                passwords=passwords,
                everywhere=everywhere.fetchall(),
                more="".join(f"{one.as_string(conn)};\n" for one in more),
                left_out=left_out,
            )
        except psycopg.Error as error:
            raise CandidateError(f"{OPTION}: {info.dbname} at {at} does not answer: {hidden(str(error))}") from None
