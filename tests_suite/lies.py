"""Single lies about a run, as changes of its document, and what each is named."""

from collections.abc import Callable

from spec import GUARANTEES


def one(document: dict, id_: str) -> dict:
    """A guarantee of the document."""
    return next(guarantee for guarantee in document["guarantees"] if guarantee["id"] == id_)


def fail(document: dict, id_: str, observed: str = "seen") -> dict:
    """Make a guarantee truly broken, failures and all, but neither totals nor the run's verdict."""
    guarantee = one(document, id_)
    guarantee["tests"][0]["outcome"] = "failed"
    guarantee["verdict"] = "broken"
    nodeid, remedy = guarantee["tests"][0]["nodeid"], GUARANTEES[id_].remedy
    guarantee["failures"] = [{"nodeid": nodeid, "observed": observed, "remedy": remedy}]
    return guarantee


def counted(document: dict, verdict: str = "") -> None:
    for name in document["totals"]:
        document["totals"][name] = sum(guarantee["verdict"] == name for guarantee in document["guarantees"])
    document["verdict"] = verdict or document["verdict"]


def _deviation(document: dict, until: str, *, stale: bool = False) -> None:
    guarantee = fail(document, "LED-03")
    guarantee["verdict"] = "deviates"
    guarantee["deviation"] = {"because": "so", "until": until, "stale": stale}
    counted(document, "kept")


def _kept_in_part(document: dict) -> None:
    guarantee = one(document, "LED-03")
    guarantee["tests"] = guarantee["tests"][:1]


def _dropped(document: dict) -> None:
    document["guarantees"] = [guarantee for guarantee in document["guarantees"] if guarantee["id"] != "LED-03"]
    counted(document)


def _added(document: dict) -> None:
    document["guarantees"].append({**one(document, "LED-03"), "id": "LED-99"})
    counted(document)


def _twice(document: dict) -> None:
    document["guarantees"].append(one(document, "LED-03"))
    counted(document)


def _shared_test(document: dict) -> None:
    test = {**one(document, "LED-03")["tests"][0], "seconds": 99.0}
    one(document, "LED-04")["tests"].append(test)


def _migrations_unsaid(document: dict) -> None:
    document["candidate"] |= {"kind": "alembic", "revision": "heads"}


LIES: dict[str, tuple[Callable[[dict], object], str]] = {
    "a verdict": (
        lambda d: one(d, "LED-03").update(verdict="broken"),
        "LED-03: its verdict is broken, its tests make it kept",
    ),
    "a broken one called kept": (
        lambda d: (fail(d, "LED-03").update(verdict="kept"), counted(d)),
        "LED-03: its verdict is kept, its tests make it broken",
    ),
    "an Alembic project at its newest revision, without a word on its migrations": (
        _migrations_unsaid,
        "MIG-01: in scope, but not in evidence.json",
    ),
    "an outcome": (
        lambda d: one(d, "LED-03")["tests"][0].update(outcome="failed"),
        "LED-03: its failures are not those of the tests that did not pass",
    ),
    "a failure left over": (
        lambda d: (fail(d, "LED-03"), one(d, "LED-03")["tests"][0].update(outcome="passed")),
        "LED-03",
    ),
    "no tests": (
        lambda d: one(d, "LED-03").update(tests=[]),
        "LED-03: its verdict is kept, its tests make it not-checked",
    ),
    "a note": (lambda d: one(d, "LED-03").update(note="all is well"), "LED-03: its note"),
    "totals": (lambda d: d["totals"].update(kept=99), "totals: 99 kept, counted 65"),
    "the run's verdict": (
        lambda d: (fail(d, "LED-03"), counted(d)),
        "the run's verdict is kept, the guarantees make it broken",
    ),
    "too few count": (
        lambda d: (fail(d, "LED-01"), counted(d, "kept"), d.update(require="core")),
        "the run's verdict is kept, the guarantees make it broken",
    ),
    "a deviation that expired": (
        lambda d: _deviation(d, "2020-01-01"),
        "LED-03: its verdict is deviates, its tests make it broken",
    ),
    "a deviation without a day": (lambda d: _deviation(d, "later"), "LED-03: the deviation's last day is no date"),
    "a deviation called stale": (
        lambda d: _deviation(d, "9999-01-01", stale=True),
        "LED-03: its deviation is not stale",
    ),
    "a deviation of a kept one": (
        lambda d: one(d, "LED-03").update(deviation={"because": "so", "until": "9999-01-01", "stale": False}),
        "LED-03: its deviation is stale",
    ),
    "a guarantee dropped": (_dropped, "LED-03: in scope, but not in evidence.json"),
    "a guarantee added": (_added, "LED-99: not in scope, but in evidence.json"),
    "a guarantee twice": (_twice, "LED-03: stands there twice"),
    "a guarantee reworded": (lambda d: one(d, "LED-03").update(says="A TRUNCATE is welcome."), "LED-03: `says` is not"),
    "another level": (lambda d: one(d, "LED-03").update(level="core"), "LED-03: `level` is not"),
    "another source": (lambda d: one(d, "LED-03").update(source="hearsay"), "LED-03: `source` is not"),
    "another area": (lambda d: one(d, "LED-03").update(area="chain"), "LED-03: `area` is not"),
    "another order": (lambda d: d["guarantees"].reverse(), "not in the order of the specification"),
    "another scope": (lambda d: d.update(scope="operations"), "not in scope, but in evidence.json"),
    "kept from a part": (_kept_in_part, "LED-03: kept, without tests_schema/"),
    "a test twice": (
        lambda d: one(d, "LED-03")["tests"].append(one(d, "LED-03")["tests"][0]),
        "LED-03: a test stands there twice",
    ),
    "two outcomes of a test": (_shared_test, "ended otherwise under another guarantee"),
    "the time": (lambda d: d.update(finished="2020-01-01T00:00:00Z"), "the run finished before it started"),
    "another moment": (lambda d: d.update(started="2020-01-01T00:00:00Z"), "the run took"),
    "a digest of the candidate": (
        lambda d: d["candidate"]["sources"][0].update(sha256="0" * 64),
        "digest is not the source's",
    ),
    "called redacted": (
        lambda d: d["candidate"]["sources"][0].update(sha256="0" * 64, redacted=True),
        "said to be redacted, but nothing in it is masked",
    ),
    "a source dropped": (lambda d: d["candidate"]["sources"].pop(), "no source names it"),
    "a source twice": (lambda d: d["candidate"]["sources"].append(d["candidate"]["sources"][0]), "two sources name it"),
    "another catalogue": (lambda d: d["candidate"].update(catalog_sha256="0" * 64), "catalog.json: its digest is not"),
}
