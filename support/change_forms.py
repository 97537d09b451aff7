"""Every way to write an UPDATE or a DELETE of one ledger entry, by name."""

from spec import OWNER, TENANCY
from support.attacks import OTHER_HASH, Attack, Connection, prepared_by, statement
from support.ledger import LOCK, Entry

TWO = "SELECT id FROM {ledger} ORDER BY id LIMIT 2"


def _counted(query: str) -> Attack:
    def attack(conn: Connection) -> int:
        row = conn.execute(query.encode()).fetchone()
        return int(row[0]) if row else 0

    return attack


def updates(entry: Entry) -> dict[str, Attack]:
    """Every other way to write an UPDATE of `entry`, by name."""
    key = entry.id
    return {
        "an UPDATE that changes nothing": statement("UPDATE {ledger} SET amount = amount WHERE id = %s", key),
        "an UPDATE of amount and hash together": statement(
            "UPDATE {ledger} SET amount = 1, entry_hash = %s WHERE id = %s", OTHER_HASH, key
        ),
        "an UPDATE of the whole table": statement("UPDATE {ledger} SET visibility = 'internal_only'"),
        "an UPDATE of two entries": statement("UPDATE {ledger} SET amount = 7 WHERE id IN (" + TWO + ")"),
        "UPDATE ONLY": statement("UPDATE ONLY {ledger} SET amount = 7 WHERE id = %s", key),
        "UPDATE ... FROM": statement("UPDATE {ledger} e SET amount = v.x FROM (VALUES (7)) v (x) WHERE e.id = %s", key),
        "UPDATE ... RETURNING": statement("UPDATE {ledger} SET amount = 7 WHERE id = %s RETURNING id", key),
        "an UPDATE in a WITH query": statement(
            "WITH changed AS (UPDATE {ledger} SET amount = 7 WHERE id = %s RETURNING id) SELECT id FROM changed", key
        ),
        "MERGE ... UPDATE": statement(
            "MERGE INTO {ledger} e USING (VALUES (%s)) v (id) ON e.id = v.id WHEN MATCHED THEN UPDATE SET amount = 7",
            key,
        ),
        "an UPDATE through a view": prepared_by(
            "CREATE TEMP VIEW window_on_ledger AS SELECT * FROM {ledger}",
            then=statement("UPDATE pg_temp.window_on_ledger SET amount = 7 WHERE id = %s", key),
        ),
        "an UPDATE at a cursor": prepared_by(
            f"DECLARE at_entry CURSOR FOR SELECT * FROM {{ledger}} WHERE id = '{key}' FOR UPDATE",
            "FETCH at_entry",
            then=statement("UPDATE {ledger} SET amount = 7 WHERE CURRENT OF at_entry"),
        ),
        "an UPDATE by a trigger of another table": prepared_by(
            "CREATE TEMP TABLE bait (x int) ON COMMIT DROP",
            "CREATE FUNCTION pg_temp.spring() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN UPDATE {ledger} SET amount = 7; IF NOT FOUND THEN RETURN NULL; END IF; RETURN NEW; END $$",
            "CREATE TRIGGER spring BEFORE INSERT ON pg_temp.bait FOR EACH ROW EXECUTE FUNCTION pg_temp.spring()",
            then=statement("INSERT INTO pg_temp.bait VALUES (1)"),
        ),
        "an UPDATE under the lock that the application takes": prepared_by(
            LOCK.format(entry.organisation_id),
            then=statement("UPDATE {ledger} SET amount = 7 WHERE id = %s", key),
        ),
        "an UPDATE at SERIALIZABLE": prepared_by(
            "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
            then=statement("UPDATE {ledger} SET amount = 7 WHERE id = %s", key),
        ),
        "an UPDATE in a SECURITY DEFINER function": prepared_by(
            "CREATE FUNCTION pg_temp.lend() RETURNS int LANGUAGE sql SECURITY DEFINER AS "
            "$$ WITH u AS (UPDATE {ledger} SET amount = 7 RETURNING 1) SELECT count(*)::int FROM u $$",
            then=_counted("SELECT pg_temp.lend()"),
        ),
        "an UPDATE in a function": prepared_by(
            "CREATE FUNCTION pg_temp.change() RETURNS int LANGUAGE sql AS "
            "$$ WITH u AS (UPDATE {ledger} SET amount = 7 RETURNING 1) SELECT count(*)::int FROM u $$",
            then=_counted("SELECT pg_temp.change()"),
        ),
    }


CHANGE = {"UPDATE": "UPDATE {ledger} SET amount = 7 WHERE id = %s", "DELETE": "DELETE FROM {ledger} WHERE id = %s"}


def as_somebody_else(entry: Entry, word: str) -> dict[str, Attack]:
    """A superuser's UPDATE or DELETE of `entry` in the role of the owner, and at every isolation level."""
    named = f"SELECT set_config('{TENANCY.setting}', '{entry.organisation_id}', true)"
    change = statement(CHANGE[word], entry.id)
    made = {f"{word} after SET ROLE": prepared_by(named, f"SET LOCAL ROLE {OWNER}", then=change)}
    for level in ("READ UNCOMMITTED", "REPEATABLE READ"):
        made[f"{word} at {level}"] = prepared_by(f"SET TRANSACTION ISOLATION LEVEL {level}", then=change)
    return made


def deletes(entry: Entry) -> dict[str, Attack]:
    """Every way to write a DELETE of `entry`, by name."""
    key = entry.id
    return {
        "a DELETE": statement("DELETE FROM {ledger} WHERE id = %s", key),
        "a DELETE of the whole table": statement("DELETE FROM {ledger}"),
        "a DELETE of two entries": statement("DELETE FROM {ledger} WHERE id IN (" + TWO + ")"),
        "DELETE ONLY": statement("DELETE FROM ONLY {ledger} WHERE id = %s", key),
        "DELETE ... USING": statement("DELETE FROM {ledger} e USING (VALUES (%s)) v (id) WHERE e.id = v.id", key),
        "DELETE ... RETURNING": statement("DELETE FROM {ledger} WHERE id = %s RETURNING id", key),
        "a DELETE in a WITH query": statement(
            "WITH gone AS (DELETE FROM {ledger} WHERE id = %s RETURNING id) SELECT id FROM gone", key
        ),
        "MERGE ... DELETE": statement(
            "MERGE INTO {ledger} e USING (VALUES (%s)) v (id) ON e.id = v.id WHEN MATCHED THEN DELETE", key
        ),
        "a DELETE through a view": prepared_by(
            "CREATE TEMP VIEW window_on_ledger AS SELECT * FROM {ledger}",
            then=statement("DELETE FROM pg_temp.window_on_ledger WHERE id = %s", key),
        ),
        "a DELETE at a cursor": prepared_by(
            f"DECLARE at_entry CURSOR FOR SELECT * FROM {{ledger}} WHERE id = '{key}' FOR UPDATE",
            "FETCH at_entry",
            then=statement("DELETE FROM {ledger} WHERE CURRENT OF at_entry"),
        ),
        "a DELETE by a trigger of another table": prepared_by(
            "CREATE TEMP TABLE bait (x int) ON COMMIT DROP",
            "CREATE FUNCTION pg_temp.spring() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN DELETE FROM {ledger}; IF NOT FOUND THEN RETURN NULL; END IF; RETURN NEW; END $$",
            "CREATE TRIGGER spring BEFORE INSERT ON pg_temp.bait FOR EACH ROW EXECUTE FUNCTION pg_temp.spring()",
            then=statement("INSERT INTO pg_temp.bait VALUES (1)"),
        ),
        "a DELETE under the lock that the application takes": prepared_by(
            LOCK.format(entry.organisation_id),
            then=statement("DELETE FROM {ledger} WHERE id = %s", key),
        ),
        "a DELETE at SERIALIZABLE": prepared_by(
            "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
            then=statement("DELETE FROM {ledger} WHERE id = %s", key),
        ),
        "a DELETE in a SECURITY DEFINER function": prepared_by(
            "CREATE FUNCTION pg_temp.lend() RETURNS int LANGUAGE sql SECURITY DEFINER AS "
            "$$ WITH d AS (DELETE FROM {ledger} RETURNING 1) SELECT count(*)::int FROM d $$",
            then=_counted("SELECT pg_temp.lend()"),
        ),
        "a DELETE in a function": prepared_by(
            "CREATE FUNCTION pg_temp.change() RETURNS int LANGUAGE sql AS "
            "$$ WITH d AS (DELETE FROM {ledger} RETURNING 1) SELECT count(*)::int FROM d $$",
            then=_counted("SELECT pg_temp.change()"),
        ),
    }
