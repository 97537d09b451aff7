"""CloudWatch alarms, found by what they watch and judged by whether they go off in time and reach somebody."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from spec.rds import ALARMS, AlarmSpec
from support.account import Account, Json
from support.unread import NotReadError

_MINUTE: Final = 60
_UNITS: Final = {"CPUUtilization": "Percent", "FreeStorageSpace": "Bytes", "DatabaseConnections": "Count"}
_OPERATORS: Final = {
    True: ("GreaterThanThreshold", "GreaterThanOrEqualToThreshold"),
    False: ("LessThanThreshold", "LessThanOrEqualToThreshold"),
}
_LEVELS: Final = re.compile(r"Average|Minimum|Maximum|(p|tm|wm)\d+(\.\d+)?|IQM|(TM|WM)\(.*\)")  # not sums, not counts


def _watched(alarm: Mapping[str, Any]) -> Json:
    """Metric, dimensions, statistic and period, wherever the alarm holds them."""
    queries = alarm.get("Metrics") or []
    if len(queries) == 1 and "MetricStat" in queries[0]:
        stat = queries[0]["MetricStat"]
        account = {"AccountId": queries[0].get("AccountId"), "Unit": stat.get("Unit")}
        return {**stat["Metric"], "Statistic": stat["Stat"], "Period": stat["Period"], **account}
    return {**alarm, "Statistic": alarm.get("Statistic") or alarm.get("ExtendedStatistic")}


def relevant(alarm: Mapping[str, Any]) -> bool:
    """Whether the alarm watches one of the documented metrics, of whatever."""
    watched = _watched(alarm)
    return watched.get("Namespace") == "AWS/RDS" and watched.get("MetricName") in ALARMS


def actions(alarm: Mapping[str, Any]) -> list[str]:
    """The ARNs that the alarm calls when it goes off."""
    return list(alarm.get("AlarmActions") or [])


@dataclass(frozen=True)
class Judged:
    """An alarm on the instance, and what is wrong with it: whether it goes off, reaches somebody, receives data."""

    name: str
    goes_off: tuple[str, ...]
    reaches: tuple[str, ...]
    receives: tuple[str, ...]
    unread: str = ""  # why it is not known whether it reaches somebody

    @property
    def faults(self) -> int:
        return len(self.goes_off) * 10 + len(self.reaches) + len(self.receives) + bool(self.unread)


def best(alarms: list[Json], spec: AlarmSpec, account: Account, topic_is_there: Callable[[str], bool]) -> Judged | None:
    """The least faulty alarm that watches this metric of exactly this instance; None if nobody does.

    `topic_is_there` raises NotReadError if it cannot be known.
    """
    dimensions = [{"Name": "DBInstanceIdentifier", "Value": account.instance_id}]
    judged = []
    for alarm in alarms:
        watched = _watched(alarm)
        here = watched.get("AccountId") in (None, account.account_id)
        if watched.get("MetricName") != spec.metric or watched.get("Dimensions") != dimensions or not here:
            continue
        goes_off, receives = _does_not_go_off(alarm, spec), _receives_nothing(alarm, account.moment)
        reaches, unread = _reaches_nobody(alarm, topic_is_there)
        judged.append(Judged(alarm["AlarmName"], tuple(goes_off), tuple(reaches), tuple(receives), unread))
    return min(judged, key=lambda one: one.faults, default=None)


def _does_not_go_off(alarm: Json, spec: AlarmSpec) -> Iterator[str]:
    watched = _watched(alarm)
    if alarm.get("Threshold") != spec.threshold:
        yield f"its threshold is {alarm.get('Threshold')}, not {spec.threshold:.0f}"
    if alarm.get("ComparisonOperator") not in _OPERATORS[spec.rising]:
        yield f"it goes off at {alarm.get('ComparisonOperator')}"
    if not _LEVELS.fullmatch(str(watched["Statistic"])):
        yield f"its statistic {watched['Statistic']} is not the metric's level"
    if watched.get("Unit") not in (None, "", _UNITS[spec.metric]):
        yield f"it waits for values in {watched['Unit']}; they come in {_UNITS[spec.metric]}"
    periods = alarm.get("EvaluationPeriods")
    if (watched.get("Period") or _MINUTE) < _MINUTE:
        yield f"it looks every {watched['Period']} s; values come once a minute"
    if spec.period and (watched.get("Period"), periods) != (spec.period, spec.periods):
        yield f"it looks at {periods} periods of {watched.get('Period')} s, not {spec.periods} of {spec.period} s"
    if spec.period and alarm.get("DatapointsToAlarm") not in (
        None,
        periods,
    ):  # else M of N goes off no later than M of M
        yield f"{alarm['DatapointsToAlarm']} of its {periods} periods decide"


def _reaches_nobody(alarm: Json, topic_is_there: Callable[[str], bool]) -> tuple[list[str], str]:
    """What is wrong, and why it is not known."""
    faults = [] if alarm.get("ActionsEnabled", True) else ["its actions are switched off"]
    topics, unread = [arn for arn in actions(alarm) if arn.split(":")[2] == "sns"], ""
    if not topics:
        return [*faults, "it has no topic to tell when it goes off"], ""
    for arn in topics:
        try:
            if topic_is_there(arn):
                return faults, ""
        except NotReadError as error:
            unread = str(error)
    if not unread:
        faults.append(f"its topic {', '.join(arn.rpartition(':')[2] for arn in topics)} does not exist")
    return faults, unread


def _receives_nothing(alarm: Json, moment: datetime) -> Iterator[str]:
    since = alarm.get("StateUpdatedTimestamp") or moment
    periods = (alarm.get("EvaluationPeriods") or 1) + 1  # one more: CloudWatch looks again a period later
    span = timedelta(seconds=(_watched(alarm).get("Period") or _MINUTE) * periods)
    if alarm.get("StateValue") == "INSUFFICIENT_DATA" and moment - since > span:
        yield f"it has had too little data since {since:%Y-%m-%d %H:%M} UTC"
