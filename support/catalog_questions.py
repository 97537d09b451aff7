"""What a schema is made of, as rows of (object, what it is): the same questions to a candidate and to a live database.

Objects of extensions, of PostgreSQL and of RDS itself are left out, and Alembic's own table: they are no part of a schema.
Rows hold no object ids, and privileges in one form each, whatever the order they were granted in.
"""

from typing import Any, Final

import psycopg

from support.live_database import rows

_OURS = "nspname !~ '^(pg_|information_schema$)'"
_NOT_OF_AN_EXTENSION = """NOT EXISTS (SELECT FROM pg_catalog.pg_depend x WHERE x.deptype = 'e' AND x.objid = {})"""
_RELATIONS = f"""SELECT c.*, n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE {_OURS} AND {_NOT_OF_AN_EXTENSION.format("c.oid")} AND c.relname !~ '^alembic_version(_pkc)?$'"""
_GRANTS = """string_agg(DISTINCT (CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END || ' '
    || g.privilege_type || CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) COLLATE "C", ', ')
    FILTER (WHERE pg_catalog.pg_get_userbyid(g.grantee) <> ALL (%(but)s))"""
_RDS = "rds_(ad|extension|iam|password|replication|reserved|superuser)|rds(admin|repladmin|topmgr|proxyadmin)"
_NOT_RDS = f"!~ '^(pg_.*|{_RDS})$'"

TABLES: Final = (
    f"""SELECT 'table ' || c.oid::regclass, concat('kind ', c.relkind, ', persistence ', c.relpersistence,
           ', identity ' || nullif(c.relreplident::text, 'd'))
           || coalesce(', ' || c.reloptions::text, '') || coalesce((SELECT ', under ' || inhparent::regclass
              FROM pg_catalog.pg_inherits WHERE inhrelid = c.oid LIMIT 1), '')
        FROM ({_RELATIONS}) c WHERE c.relkind IN ('r', 'p', 'f', 'S')""",
    f"""SELECT 'column ' || c.oid::regclass || '.' || a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod)
           || coalesce((SELECT ' COLLATE ' || o.oid::regcollation FROM pg_catalog.pg_collation o JOIN pg_catalog.pg_type t
              ON t.oid = a.atttypid WHERE o.oid = a.attcollation AND a.attcollation <> t.typcollation), '')
           || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END || coalesce(' DEFAULT '
           || pg_catalog.pg_get_expr(d.adbin, d.adrelid), '') || concat(a.attidentity, a.attgenerated)
        FROM ({_RELATIONS}) c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE c.relkind IN ('r', 'p', 'f')""",
    f"""SELECT 'constraint ' || k.conname || ' of ' || c.oid::regclass, pg_catalog.pg_get_constraintdef(k.oid)
        FROM ({_RELATIONS}) c JOIN pg_catalog.pg_constraint k ON k.conrelid = c.oid""",
    f"""SELECT 'index ' || c.oid::regclass, pg_catalog.pg_get_indexdef(c.oid)
           || CASE WHEN i.indisvalid AND i.indisready AND i.indislive THEN '' ELSE ' (not valid)' END
        FROM ({_RELATIONS}) c JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
        JOIN ({_RELATIONS}) t ON t.oid = i.indrelid""",
    f"""SELECT 'view ' || c.oid::regclass, concat(c.relkind, c.reloptions) || pg_catalog.pg_get_viewdef(c.oid)
        FROM ({_RELATIONS}) c WHERE c.relkind IN ('v', 'm')""",
    f"""SELECT 'type ' || pg_catalog.format_type(t.oid, NULL), t.typtype::text
           || coalesce(' ' || pg_catalog.format_type(t.typbasetype, t.typtypmod), '') || coalesce(' ' || (SELECT
           string_agg(enumlabel, ', ' ORDER BY enumsortorder) FROM pg_catalog.pg_enum WHERE enumtypid = t.oid), '')
        FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
        WHERE {_OURS} AND (t.typtype IN ('d', 'e', 'r')
           OR (SELECT c.relkind FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid) = 'c')
           AND {_NOT_OF_AN_EXTENSION.format("t.oid")}""",
    f"""SELECT 'constraint ' || k.conname || ' of ' || pg_catalog.format_type(k.contypid, NULL),
           pg_catalog.pg_get_constraintdef(k.oid)
        FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_namespace n ON n.oid = k.connamespace
        WHERE k.contypid <> 0 AND {_OURS}""",
    f"""SELECT 'operator ' || o.oid::regoperator, o.oprcode::text
        FROM pg_catalog.pg_operator o JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
        WHERE {_OURS} AND {_NOT_OF_AN_EXTENSION.format("o.oid")}""",
    f"""SELECT 'cast ' || castsource::regtype || ' to ' || casttarget::regtype, castfunc::regprocedure::text
        FROM pg_catalog.pg_cast k WHERE k.oid >= 16384 AND {_NOT_OF_AN_EXTENSION.format("k.oid")}""",
    """SELECT 'publication ' || pubname, concat_ws(' ', 'all tables', puballtables) FROM pg_catalog.pg_publication""",
    """SELECT 'subscription ' || subname, '' FROM pg_catalog.pg_subscription""",
    """SELECT 'extension ' || extname, 'version ' || extversion FROM pg_catalog.pg_extension WHERE extname <> 'plpgsql'""",
    f"""SELECT 'schema ' || nspname, '' FROM pg_catalog.pg_namespace n
        WHERE {_OURS} AND {_NOT_OF_AN_EXTENSION.format("n.oid")}""",
)
FUNCTIONS: Final = (
    f"""SELECT 'function ' || p.oid::regprocedure, CASE WHEN p.prokind = 'a'
           THEN (SELECT concat_ws(' ', 'aggregate', a.aggtransfn::regprocedure, a.aggfinalfn::regproc)
                 FROM pg_catalog.pg_aggregate a WHERE a.aggfnoid = p.oid) ELSE pg_catalog.pg_get_functiondef(p.oid) END
        FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
        WHERE {_OURS} AND {_NOT_OF_AN_EXTENSION.format("p.oid")}""",
    f"""SELECT 'trigger ' || t.tgname || ' of ' || c.oid::regclass, pg_catalog.pg_get_triggerdef(t.oid)
           || CASE t.tgenabled WHEN 'O' THEN '' WHEN 'A' THEN ' (ENABLE ALWAYS)' WHEN 'R' THEN ' (ENABLE REPLICA)'
              ELSE ' (DISABLED)' END
        FROM ({_RELATIONS}) c JOIN pg_catalog.pg_trigger t ON t.tgrelid = c.oid WHERE NOT t.tgisinternal""",
    f"""SELECT 'foreign key trigger of ' || c.oid::regclass || ' for ' || k.conname, 'enabled ' || t.tgenabled::text
        FROM ({_RELATIONS}) c JOIN pg_catalog.pg_trigger t ON t.tgrelid = c.oid
        JOIN pg_catalog.pg_constraint k ON k.oid = t.tgconstraint WHERE t.tgisinternal AND t.tgenabled <> 'O'""",
    f"""SELECT 'rule ' || r.rulename || ' of ' || c.oid::regclass, pg_catalog.pg_get_ruledef(r.oid)
        FROM ({_RELATIONS}) c JOIN pg_catalog.pg_rewrite r ON r.ev_class = c.oid WHERE r.rulename <> '_RETURN'""",
    """SELECT 'event trigger ' || evtname, concat_ws(' ', evtevent, evtfoid::regprocedure, evtenabled)
       FROM pg_catalog.pg_event_trigger WHERE pg_catalog.pg_get_userbyid(evtowner) <> 'rdsadmin'""",
)
POLICIES: Final = (
    f"""SELECT 'row security of ' || c.oid::regclass, CASE WHEN c.relrowsecurity THEN 'on' ELSE 'off' END
           || CASE WHEN c.relforcerowsecurity THEN ', forced' ELSE '' END
        FROM ({_RELATIONS}) c WHERE c.relkind IN ('r', 'p')""",
    f"""SELECT 'policy ' || p.polname || ' of ' || c.oid::regclass, concat_ws(' ', CASE WHEN p.polpermissive THEN 'permissive'
           ELSE 'restrictive' END, p.polcmd, 'to', (SELECT string_agg(CASE who WHEN 0 THEN 'PUBLIC' ELSE who::regrole::text END,
           ', ' ORDER BY who::regrole::text) FROM unnest(p.polroles) who),
           'USING ' || pg_catalog.pg_get_expr(p.polqual, p.polrelid),
           'WITH CHECK ' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid))
        FROM ({_RELATIONS}) c JOIN pg_catalog.pg_policy p ON p.polrelid = c.oid""",
)
ROLES: Final = (
    f"""SELECT 'role ' || r.rolname, concat_ws(' ', CASE WHEN rolsuper THEN 'SUPERUSER' END, CASE WHEN rolcreaterole THEN
           'CREATEROLE' END, CASE WHEN rolcreatedb THEN 'CREATEDB' END, CASE WHEN rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END,
           CASE WHEN rolreplication THEN 'REPLICATION' END, CASE WHEN rolbypassrls THEN 'BYPASSRLS' END,
           CASE WHEN NOT rolinherit THEN 'NOINHERIT' END, (SELECT string_agg(c, ', ' ORDER BY c) FROM unnest(rolconfig) c),
           'VALID UNTIL ' || nullif(rolvaliduntil, 'infinity')::text)
        FROM pg_catalog.pg_roles r WHERE r.rolname {_NOT_RDS} AND r.rolname <> ALL (%(but)s)""",
    f"""SELECT 'membership of ' || r.rolname || ' in ' || m.roleid::regrole,
           CASE WHEN m.admin_option THEN 'WITH ADMIN OPTION' ELSE '' END
        FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles r ON r.oid = m.member
        WHERE r.rolname {_NOT_RDS} AND r.rolname <> ALL (%(but)s)
        AND (r.rolname <> 'amply_admin' OR m.roleid::regrole::text {_NOT_RDS})""",
    """SELECT 'setting of every database and role', (SELECT string_agg(c, ', ' ORDER BY c) FROM unnest(s.setconfig) c)
       FROM pg_catalog.pg_db_role_setting s WHERE s.setdatabase = 0 AND s.setrole = 0""",
    f"""SELECT 'privileges on the parameter ' || p.parname, {_GRANTS}
        FROM pg_catalog.pg_parameter_acl p, pg_catalog.aclexplode(p.paracl) g
        WHERE g.grantee <> 10 AND pg_catalog.pg_get_userbyid(g.grantee) {_NOT_RDS} GROUP BY p.parname""",
    f"""SELECT 'privileges on ' || p.oid::regprocedure || ' of PostgreSQL', {_GRANTS}
        FROM pg_catalog.pg_proc p, pg_catalog.aclexplode(p.proacl) g
        WHERE p.pronamespace = 'pg_catalog'::regnamespace AND g.grantee NOT IN (0, 10)
        AND pg_catalog.pg_get_userbyid(g.grantee) {_NOT_RDS} GROUP BY p.oid""",
    f"""SELECT 'privileges on ' || c.oid::regclass || ' of PostgreSQL', {_GRANTS}
        FROM pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) g
        WHERE c.relnamespace = 'pg_catalog'::regnamespace AND g.grantee NOT IN (0, 10)
        AND pg_catalog.pg_get_userbyid(g.grantee) {_NOT_RDS} GROUP BY c.oid""",
    """SELECT 'setting of the database' || coalesce(' for ' || s.setrole::regrole, ''), (SELECT string_agg(c, ', ' ORDER BY c)
           FROM unnest(s.setconfig) c)
       FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
       WHERE d.datname = current_database() AND pg_catalog.pg_get_userbyid(s.setrole) <> ALL (%(but)s)""",
    f"""SELECT 'owner of ' || c.oid::regclass, c.relowner::regrole::text
        FROM ({_RELATIONS}) c WHERE c.relkind NOT IN ('i', 'I', 't', 'c')""",
    f"""SELECT 'owner of ' || p.oid::regprocedure, p.proowner::regrole::text
        FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
        WHERE {_OURS} AND {_NOT_OF_AN_EXTENSION.format("p.oid")}""",
    f"""SELECT 'owner of the schema ' || n.nspname, n.nspowner::regrole::text FROM pg_catalog.pg_namespace n
        WHERE {_OURS} AND {_NOT_OF_AN_EXTENSION.format("n.oid")}""",
    f"""SELECT 'privileges on ' || c.oid::regclass, {_GRANTS}
        FROM ({_RELATIONS}) c, pg_catalog.aclexplode(coalesce(c.relacl, pg_catalog.acldefault(
           CASE c.relkind WHEN 'S' THEN 's'::"char" ELSE 'r'::"char" END, c.relowner))) g
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') GROUP BY c.oid""",
    f"""SELECT 'privileges on ' || c.oid::regclass || '.' || a.attname, {_GRANTS}
        FROM ({_RELATIONS}) c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid, pg_catalog.aclexplode(a.attacl) g
        GROUP BY c.oid, a.attname""",
    f"""SELECT 'privileges on ' || p.oid::regprocedure, {_GRANTS}
        FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace,
             pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) g
        WHERE {_OURS} AND {_NOT_OF_AN_EXTENSION.format("p.oid")} GROUP BY p.oid""",
    f"""SELECT 'privileges on the schema ' || n.nspname, {_GRANTS}
        FROM pg_catalog.pg_namespace n, pg_catalog.aclexplode(coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner))) g
        WHERE {_OURS} AND {_NOT_OF_AN_EXTENSION.format("n.oid")} GROUP BY n.nspname""",
    f"""SELECT 'privileges on the database', {_GRANTS}
        FROM pg_catalog.pg_database d, pg_catalog.aclexplode(coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))) g
        WHERE d.datname = current_database()""",
    f"""SELECT concat_ws(' ', 'default privileges of', d.defaclrole::regrole, d.defaclobjtype, 'in',
           nullif(d.defaclnamespace, 0)::regnamespace), {_GRANTS}
        FROM pg_catalog.pg_default_acl d, pg_catalog.aclexplode(d.defaclacl) g
        WHERE pg_catalog.pg_get_userbyid(d.defaclrole) {_NOT_RDS} GROUP BY d.defaclrole, d.defaclobjtype, d.defaclnamespace""",
)
# No drift, but another candidate: its tables were written down in another order.
POSITIONS: Final = f"""
    SELECT 'position of ' || c.oid::regclass || '.' || a.attname, a.attnum::text FROM ({_RELATIONS}) c
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid WHERE a.attnum > 0 AND NOT a.attisdropped"""


def objects(conn: psycopg.Connection[Any], questions: tuple[str, ...], but: list[str]) -> dict[str, str]:
    """What each object is, by its name. `but`: roles that are no part of the schema. Reads the catalog only."""
    found: dict[str, str] = {}
    for question in questions:
        parameters = {"but": but} if "%(but)s" in question else None
        found.update({name: (text or "").strip() for name, text in rows(conn, question, parameters)})
    return found
