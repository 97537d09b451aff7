"""MON: metrics and logs arrive, alarms go off in time and reach somebody."""

import pytest

from spec.rds import ALARMS, RDS
from support.alarms import best


def alarm(account, metric):
    return best(account["alarms"], ALARMS[metric], account, lambda topic: account[f"topic/{topic}"] is not None)


def watched(account):
    """The alarms on the instance, one a metric; that one is missing altogether is MON-02 to MON-04."""
    found = [alarm(account, metric) for metric in ALARMS]
    if not any(found):
        pytest.skip("no documented alarm watches the instance: MON-02 to MON-04")
    return [one for one in found if one]


@pytest.mark.guarantee("MON-01")
def test_every_documented_metric_arrives(account):
    arrived = account["metrics"]
    if not arrived:
        pytest.skip(f"CloudWatch lists no metric of {account.instance_id} at all; it looks two weeks back")
    missing = [name for name in RDS["monitoring"]["metrics"] if name not in arrived]
    assert not missing, f"CloudWatch lists no {', '.join(missing)} of {account.instance_id}"


@pytest.mark.parametrize(
    "metric",
    [
        pytest.param("CPUUtilization", marks=pytest.mark.guarantee("MON-02")),
        pytest.param("FreeStorageSpace", marks=pytest.mark.guarantee("MON-03")),
        pytest.param("DatabaseConnections", marks=pytest.mark.guarantee("MON-04")),
    ],
)
def test_an_alarm_goes_off_in_time_on(metric, account):
    found = alarm(account, metric)
    assert found, f"no alarm watches {metric} of exactly the instance {account.instance_id}"
    assert not found.goes_off, f"the alarm {found.name} does not go off as promised: {'; '.join(found.goes_off)}"


@pytest.mark.guarantee("MON-05")
def test_every_documented_alarm_tells_somebody(account):
    alarms = watched(account)
    silent = [f"{one.name}: {'; '.join(one.reaches)}" for one in alarms if one.reaches]
    assert not silent, "; ".join(silent)
    unread = [one.unread for one in alarms if one.unread]
    if unread:
        pytest.skip(unread[0])


@pytest.mark.guarantee("MON-06")
def test_every_documented_alarm_receives_data(account):
    starved = [f"{one.name}: {'; '.join(one.receives)}" for one in watched(account) if one.receives]
    assert not starved, "; ".join(starved)


@pytest.mark.guarantee("MON-07")
def test_performance_insights_is_on(account):
    assert account.instance.get("PerformanceInsightsEnabled"), "Performance Insights is off"


@pytest.mark.guarantee("MON-08")
def test_performance_insights_keeps_its_data_long_enough(account):
    days, wanted = (
        account.instance.get("PerformanceInsightsRetentionPeriod"),
        RDS["instance"]["performance_insights_days"],
    )
    if not account.instance.get("PerformanceInsightsEnabled"):
        pytest.skip("Performance Insights is off: MON-07")
    assert days, "how long Performance Insights keeps its data is not set"
    assert days >= wanted, f"Performance Insights keeps its data for {days} days, not {wanted}"


@pytest.mark.guarantee("MON-09")
def test_the_documented_logs_are_exported(account):
    coming = (account.instance.get("PendingModifiedValues") or {}).get("PendingCloudwatchLogsExports") or {}
    exported = {*account.instance.get("EnabledCloudwatchLogsExports", [])} - {*coming.get("LogTypesToDisable", [])}
    missing = sorted(set(RDS["instance"]["log_exports"]) - exported)
    assert not missing, f"not exported to CloudWatch, or about to be no longer: {', '.join(missing)}"
