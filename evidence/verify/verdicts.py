"""Verdicts computed anew from the tests that the document lists, by the rules that made them (evidence.verdict)."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final

from evidence.deviations import Deviation
from evidence.manifest import BundleError
from evidence.record import totals
from evidence.shape import moment
from evidence.verdict import Judged, Seen, TestSeen, judge, run_verdict
from spec import Guarantee

_JUDGED_BEFORE: Final = timedelta(minutes=5)  # at most this long before `finished` the verdicts were found


def _guarantee(one: Mapping[str, Any]) -> Guarantee:
    """As far as verdicts need it."""
    return Guarantee(one["id"], one["says"], one["area"], one["level"], "", "", "")


def _deviation(one: Mapping[str, Any]) -> Deviation | None:
    """Raises BundleError for a day that is none."""
    if not (told := one["deviation"]):
        return None
    try:
        return Deviation(one["id"], told["because"], date.fromisoformat(told["until"]))
    except ValueError:
        raise BundleError(f"{one['id']}: the deviation's last day is no date") from None


def _again(one: Mapping[str, Any], today: date) -> Judged:
    """What the rules make of its tests. Which tests there should be is not known here: not-checked is believed."""
    tests = {
        test["nodeid"]: TestSeen(test["nodeid"], test["outcome"], test["seconds"], called=True) for test in one["tests"]
    }
    partial = {one["id"]} if one["verdict"] == "not-checked" else set[str]()
    return judge(_guarantee(one), Seen(tests, {one["id"]: [*tests]}, partial), _deviation(one), today)


def _of_one(one: Mapping[str, Any], days: list[date]) -> Iterator[str]:
    id_, nodeids = one["id"], [test["nodeid"] for test in one["tests"]]
    if len({*nodeids}) < len(nodeids):
        yield f"{id_}: a test stands there twice"
    failed = [test["nodeid"] for test in one["tests"] if test["outcome"] != "passed"]
    if failed != [failure["nodeid"] for failure in one["failures"]]:
        yield f"{id_}: its failures are not those of the tests that did not pass"
    judged = [_again(one, today) for today in days]
    if one["verdict"] not in {again.verdict for again in judged}:
        yield f"{id_}: its verdict is {one['verdict']}, its tests make it {judged[0].verdict}"
        return
    if one["verdict"] == "not-checked":
        if not one["note"]:
            yield f"{id_}: not checked, without a reason"
    elif one["note"] not in {again.note for again in judged}:
        yield f"{id_}: its note is not the one that its verdict has"
    if one["deviation"] and one["deviation"]["stale"] is not judged[0].stale:
        yield f"{id_}: its deviation is {'stale' if judged[0].stale else 'not stale'}"


def of_guarantees(document: Mapping[str, Any]) -> list[str]:
    """What is wrong with the guarantees' verdicts, each seen by itself and all of them together."""
    finished = moment(document["finished"], "finished")
    days = [*dict.fromkeys([finished.date(), (finished - _JUDGED_BEFORE).date()])]
    found, outcomes = list[str](), dict[str, tuple[str, float]]()
    ids = Counter(one["id"] for one in document["guarantees"])
    found += [f"{id_}: stands there twice" for id_, times in ids.items() if times > 1]
    for one in document["guarantees"]:
        try:
            found += _of_one(one, days)
        except BundleError as error:
            found.append(str(error))
        for test in one["tests"]:
            seen = test["outcome"], test["seconds"]
            if outcomes.setdefault(test["nodeid"], seen) != seen:
                found.append(f"{one['id']}: {test['nodeid']} ended otherwise under another guarantee")
    return found


def of_run(document: Mapping[str, Any]) -> list[str]:
    """What is wrong with totals, verdict and times of the run."""
    found, judged = list[str](), list[Judged]()
    for one in document["guarantees"]:
        deviation = Deviation(one["id"], one["deviation"]["because"], date.min) if one["deviation"] else None
        judged.append(Judged(_guarantee(one), one["verdict"], (), deviation))
    if (counted := totals(judged)) != document["totals"]:
        names = [name for name in counted if counted[name] != document["totals"][name]]
        found += [f"totals: {document['totals'][name]} {name}, counted {counted[name]}" for name in names]
    if (verdict := run_verdict(judged, require=document["require"])) != document["verdict"]:
        found.append(f"the run's verdict is {document['verdict']}, the guarantees make it {verdict}")
    took = (moment(document["finished"], "finished") - moment(document["started"], "started")).total_seconds()
    if took < 0:
        found.append("the run finished before it started")
    elif abs(took - document["seconds"]) > 2:
        found.append(f"the run took {document['seconds']} s, from start to finish it is {took:.0f} s")
    return found
