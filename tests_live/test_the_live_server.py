"""RDS, PRM, SEC, MON, REP: what the live server says of itself, and whether it lets a session in without TLS."""

from secrets import token_hex

import psycopg
import pytest

from spec.rds import ALARMS, RDS
from support.live_database import connect, connections, in_recovery, is_encrypted, rows, settings, standbys
from support.parameters import fires_triggers, logs_changes_of_the_schema, reaches_the_log

WANTED = RDS["parameters"]


@pytest.mark.guarantee("RDS-10")
def test_the_live_server_is_postgresql_15(live):
    version = int(rows(live, "SELECT current_setting('server_version_num')")[0][0])
    assert version // 10000 == RDS["instance"]["major"], f"the live server is PostgreSQL {version // 10000}"
    assert not in_recovery(live), "the live server is a standby: --live-dsn leads to the replica"


@pytest.mark.guarantee("RDS-10")
def test_the_live_database_is_called_as_documented(live):
    assert live.info.dbname == RDS["database"]["name"], f"the live database is called {live.info.dbname}"


@pytest.mark.guarantee("PRM-12")
def test_the_documented_parameters_are_in_force(live):
    found = settings(live)
    wrong = [f"{name} waits for a restart" for name, (_, pending) in found.items() if pending]
    for name in ("max_connections", "work_mem", "wal_buffers", "checkpoint_completion_target"):
        if float(found[name][0]) != float(WANTED[name]):
            wrong.append(f"{name} is {found[name][0]}, not {WANTED[name]}")
    if not logs_changes_of_the_schema(found["log_statement"][0]):
        wrong.append(f"log_statement is {found['log_statement'][0]}")
    if not 0 <= float(found["log_min_duration_statement"][0]) <= float(WANTED["log_min_duration_statement"]):
        wrong.append(f"log_min_duration_statement is {found['log_min_duration_statement'][0]} ms")
    if not reaches_the_log(found["log_min_messages"][0]):
        wrong.append(f"log_min_messages is {found['log_min_messages'][0]}: no statement is written to the log")
    if not fires_triggers(found["session_replication_role"][0]):
        wrong.append("session_replication_role is replica: triggers and foreign keys do not work")
    cached, buffered = (float(found[name][0]) for name in ("effective_cache_size", "shared_buffers"))
    times = RDS["memory"]["effective_cache_size"] / RDS["memory"]["shared_buffers"]
    if cached / buffered != pytest.approx(times, rel=0.02):
        wrong.append(f"effective_cache_size is {cached / buffered:.2f} times shared_buffers, not {times:.0f} times")
    assert not wrong, "; ".join(wrong)


@pytest.mark.guarantee("PRM-11")
def test_text_is_sorted_and_classified_as_documented(live):
    query = "SELECT datcollate, datctype, datlocprovider::text FROM pg_database WHERE datname = current_database()"
    collate, ctype, provider = rows(live, query)[0]
    wanted = RDS["database"]["collation"]
    for what, found in (("sorted", collate), ("classified", ctype)):
        same = found.replace("-", "").lower() == wanted.replace("-", "").lower() and provider == "c"
        assert same, f"text is {what} by {found} ({'libc' if provider == 'c' else provider}), not by {wanted}"


@pytest.mark.guarantee("SEC-11")
def test_the_live_session_is_encrypted(live):
    assert is_encrypted(live), "the session goes in plain text"


@pytest.mark.guarantee("SEC-11")
def test_the_same_login_without_tls_is_refused(live, live_dsn):
    if live.info.host.startswith("/"):
        pytest.skip("--live-dsn leads through a Unix socket, where there is no TLS")
    try:
        # Not with the password: who listens on the way would have it.
        connect(live_dsn, sslmode="disable", channel_binding="disable", sslrootcert="", password=token_hex(16)).close()
    except psycopg.OperationalError as error:
        said = " ".join(str(error).split())
        assert "password" not in said, f"the server asks for the password without TLS: {said}"
        if "no encryption" not in said:
            pytest.skip(f"the login without TLS failed for another reason: {said}")
        return
    raise AssertionError("the server lets the same login in without TLS")


@pytest.mark.guarantee("MON-10")
def test_connections_stay_below_the_alarm(live):
    taken, threshold, pool = connections(live), ALARMS["DatabaseConnections"].threshold, RDS["pool"]["connections"]
    assert taken < threshold, (
        f"{taken} connections are taken; the alarm goes off at {threshold:.0f}, and {threshold // pool:.0f} processes "
        f"with pools of {pool} get there"
    )


@pytest.mark.guarantee("REP-07")
def test_no_standby_lags(live):
    most = RDS["replica"]["lag_seconds"]
    for name, behind in standbys(live):
        if behind is None:
            pytest.skip(f"the login may not see how far {name} is behind: grant it pg_monitor")
        assert behind <= most, f"{name} is {behind:.0f} s behind"
