"""OSCAL assessment results from an evidence document: each guarantee an observation with a finding. Same document, same bytes.

OSCAL knows two states of an objective. `satisfied` is what was examined and kept, and nothing else.
"""

import hashlib
import json
import uuid
from collections.abc import Mapping
from typing import Any, Final

from evidence.inert import line, plain
from evidence.record import EVIDENCE, written

OSCAL: Final = "1.2.1"
NS: Final = "https://amply.example/ns/compliance"
_SPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, NS)
Json = dict[str, Any]


def _props(values: Mapping[str, object]) -> Json:
    """Properties in our namespace; OSCAL has no empty ones, nor such of several lines."""
    found = [{"name": name, "ns": NS, "value": shown} for name, value in values.items() if (shown := line(str(value)))]
    return {"props": found} if found else {}


def _state(one: Mapping[str, Any]) -> Json:
    """The state of the objective, and why it is not satisfied."""
    if one["verdict"] == "kept":
        return {"state": "satisfied", "reason": "pass"}
    if one["verdict"] == "deviates":
        told = one["deviation"]
        why = f"Broken, and declared as a deviation until {told['until']}: {plain(told['because'])}"
        return {"state": "not-satisfied", "reason": "fail", "remarks": why}
    if one["verdict"] == "broken":
        return {"state": "not-satisfied", "reason": "fail", **({"remarks": plain(one["note"])} if one["note"] else {})}
    why = one["note"] or ("its tests failed for another reason" if one["verdict"] == "error" else "no test ran")
    return {"state": "not-satisfied", "reason": "other", "remarks": f"It was not examined: {plain(why)}"}


class _Results:
    """What is made of one document; every UUID from its digest and a name."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document, self._digest = document, hashlib.sha256(written(document)).hexdigest()
        self._candidate, self._suite = self._uuid("candidate"), self._uuid("suite")

    def _uuid(self, name: str) -> str:
        return str(uuid.uuid5(_SPACE, f"{self._digest}/{name}"))

    def whole(self) -> Json:
        document, suite = self._document, self._document["suite"]
        told = {"verdict": document["verdict"], "scope": document["scope"], "require": document["require"]}
        metadata = {
            "title": f"Ledger compliance: {document['verdict']}",
            "last-modified": document["finished"],
            "version": suite["version"],
            "oscal-version": OSCAL,
            **_props({"suite-version": suite["version"], "suite-commit": suite["commit"], **told}),
        }
        plan = {"title": "The executable specification", **_props({"spec-sha256": suite["spec_sha256"]})}
        evidence = {
            "title": "The evidence of the run",
            "rlinks": [{"href": EVIDENCE, "hashes": [{"algorithm": "SHA-256", "value": self._digest}]}],
        }
        resources = [{"uuid": self._uuid(name), **one} for name, one in (("plan", plan), ("evidence", evidence))]
        content = {
            "uuid": self._uuid("results"),
            "metadata": metadata,
            "import-ap": {"href": f"#{self._uuid('plan')}"},
            "results": [self._result(told)],
            "back-matter": {"resources": resources},
        }
        return {"assessment-results": content}

    def _result(self, told: Mapping[str, str]) -> Json:
        document, guarantees = self._document, self._document["guarantees"]
        log = {"uuid": self._uuid("log"), "title": "The run", "start": document["started"], "end": document["finished"]}
        risks = [self._risk(one) for one in guarantees if one["verdict"] == "deviates"]
        found: Json = {
            "uuid": self._uuid("result"),
            "title": f"Scope {document['scope']}",
            "description": f"The guarantees of scope {document['scope']}, each tried on the candidate.",
            "start": document["started"],
            "end": document["finished"],
            **_props(told),
            "local-definitions": self._definitions(),
            "reviewed-controls": self._reviewed(),
            "assessment-log": {"entries": [log]},
        }
        if guarantees:
            found["observations"] = [self._observation(one) for one in guarantees]
        if risks:
            found["risks"] = risks
        if guarantees:
            found["findings"] = [self._finding(one) for one in guarantees]
        return found

    def _definitions(self) -> Json:
        """The candidate, by its digests, and the suite that tried it."""
        candidate, about = self._document["candidate"], self._document["environment"]
        sources = {f"source-{number}": f"{one['path']} sha256:{one['sha256']}"
                   for number, one in enumerate(candidate["sources"], 1)}  # fmt: skip
        known = {"kind": candidate["kind"], "catalog-sha256": candidate["catalog_sha256"], **sources}
        around = {name: about.get(name, "") for name in ("server", "account", "region", "instance", "live_host")}
        state = {"status": {"state": "operational"}}
        subject = {
            "uuid": self._candidate,
            "type": "software",
            "title": f"The candidate ({candidate['kind']})",
            "description": "The schema of the ledger, or the account that it runs in.",
            **_props({**known, **around}),
            **state,
        }
        suite = self._document["suite"]
        tool = {
            "uuid": self._suite,
            "type": "software",
            "title": "amply-compliance",
            "description": "The suite that examined the candidate.",
            **_props({"version": suite["version"], "commit": suite["commit"], "spec-sha256": suite["spec_sha256"]}),
            **state,
        }
        platform = {"uuid": self._uuid("platform"), "uses-components": [{"component-uuid": self._suite}]}
        assets = {"components": [tool], "assessment-platforms": [platform]}
        return {"components": [subject], "assessment-assets": assets}

    def _reviewed(self) -> Json:
        ids = [one["id"] for one in self._document["guarantees"]]
        if not ids:
            return {"control-selections": [{"include-all": {}}], "remarks": "No guarantee was judged."}
        return {
            "control-selections": [{"include-controls": [{"control-id": id_} for id_ in ids]}],
            "control-objective-selections": [{"include-objectives": [{"objective-id": id_} for id_ in ids]}],
        }

    def _observation(self, one: Mapping[str, Any]) -> Json:
        failures = {failure["nodeid"]: failure["observed"] for failure in one["failures"]}
        evidence = [
            {
                "href": f"#{self._uuid('evidence')}",
                "description": plain(failures.get(test["nodeid"], "")) or f"The test {test['outcome']}.",
                **_props({"test": test["nodeid"], "outcome": test["outcome"], "seconds": test["seconds"]}),
            }
            for test in one["tests"]
        ]
        return {
            "uuid": self._uuid(f"observation {one['id']}"),
            "title": one["id"],
            "description": one["says"],
            **_props({"verdict": one["verdict"], "level": one["level"], "area": one["area"], "source": one["source"]}),
            "methods": ["TEST"],
            "types": ["control-objective"],
            "origins": [{"actors": [{"type": "tool", "actor-uuid": self._suite}]}],
            "subjects": [{"subject-uuid": self._candidate, "type": "component"}],
            **({"relevant-evidence": evidence} if evidence else {}),
            "collected": self._document["finished"],
            **({"remarks": plain(one["note"])} if one["note"] else {}),
        }

    def _risk(self, one: Mapping[str, Any]) -> Json:
        deviation = one["deviation"]
        return {
            "uuid": self._uuid(f"risk {one['id']}"),
            "title": f"{one['id']} is a declared deviation",
            "description": f"Not kept: {one['says']}",
            "statement": plain(deviation["because"]),
            "status": "deviation-approved",
            "deadline": f"{deviation['until']}T23:59:59Z",
            "related-observations": [{"observation-uuid": self._uuid(f"observation {one['id']}")}],
        }

    def _finding(self, one: Mapping[str, Any]) -> Json:
        status = _state(one)
        risks = [{"risk-uuid": self._uuid(f"risk {one['id']}")}] if one["verdict"] == "deviates" else []
        return {
            "uuid": self._uuid(f"finding {one['id']}"),
            "title": one["id"],
            "description": one["says"],
            **_props({"verdict": one["verdict"]}),
            "target": {"type": "objective-id", "target-id": one["id"], "status": status},
            "related-observations": [{"observation-uuid": self._uuid(f"observation {one['id']}")}],
            **({"related-risks": risks} if risks else {}),
        }


def assessment_results(document: Mapping[str, Any]) -> bytes:
    """The assessment results of a run, as JSON."""
    return (json.dumps(_Results(document).whole(), indent=1, ensure_ascii=False) + "\n").encode()
