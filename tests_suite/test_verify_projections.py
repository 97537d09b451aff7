"""Files made of evidence.json, and the candidate's, that tell something else than it: each is named."""

import json
import re
from pathlib import Path

import pytest

from evidence.manifest import sha256
from evidence.projections import projections
from tests_suite.bundles import Bundle
from tests_suite.lies import counted, fail


def _changed(bundle: Bundle, name: str) -> bytes:
    document = bundle.document()
    fail(document, "LED-03")
    counted(document, "broken")
    return projections(document)[name]


def _copy(kept: Bundle, folder: Path, *, other_suite: bool) -> Bundle:
    """The bundle, or the same as if a suite that this checkout does not have had made it."""
    bundle = kept.copy(folder)
    if other_suite:
        document = bundle.document()
        document["suite"]["commit"] = "0" * 40
        bundle.tell(document)
    return bundle


@pytest.mark.parametrize("other_suite", [False, True])
def test_a_projection_that_tells_something_else_is_named(other_suite, kept, tmp_path):
    names = set(projections(kept.document())) - {"evidence.json"}
    assert {"summary.md", "traceability.json", "junit.xml", "report.html"} <= names
    for name in names:
        bundle = _copy(kept, tmp_path / name, other_suite=other_suite)
        bundle.write(name, _changed(bundle, name))
        assert f"{name}: " in bundle.found(), name


def _case(bundle: Bundle) -> str:
    """The first test of LED-03 in junit.xml."""
    nodeid = next(one for one in bundle.document()["guarantees"] if one["id"] == "LED-03")["tests"][0]["nodeid"]
    return rf'(classname="append-only.LED-03" name="{re.escape(nodeid)}"[^>]*) />'


@pytest.mark.parametrize("other_suite", [False, True])
@pytest.mark.parametrize(
    ("name", "before", "after", "named"),
    [
        ("report.html", '(data-guarantee="LED-03" data-verdict)="kept"', r'\1="broken"', "LED-03 is broken there, kept in"),
        ("report.html", '(data-guarantee="LED-)03"', r'\g<1>02"', "LED-03 is not there"),
        ("report.html", '(<body data-verdict)="kept"', r'\1="incomplete"', "the run is incomplete there, kept in"),
        ("report.html", "<body data-verdict=.kept.", "<body", "it does not say what the run is"),
        ("junit.xml", r'(value="LED-03" />\s+<property name="verdict" value)="kept"', r'\1="broken"', "LED-03 is broken"),
        ("junit.xml", '(<property name="verdict" value)="kept"', r'\1="incomplete"', "the run is incomplete there"),
        ("junit.xml", _case, r"\1><failure /></testcase>", "LED-03 is kept in evidence.json, but not passed there"),
        ("junit.xml", _case, r"\1><skipped /></testcase>", "::test_a_truncate_is_refused[plain-superuser] passed in"),
        ("junit.xml", '(guarantee" value)="LED-03"', r'\1="LED-02"', "LED-03 is not there"),
    ],
)  # fmt: skip
def test_one_verdict_that_is_changed_is_found_and_named(name, before, after, named, other_suite, kept, tmp_path):
    bundle = _copy(kept, tmp_path / "copy", other_suite=other_suite)
    pattern = before(bundle) if callable(before) else before
    text, times = re.subn(pattern, after, (bundle.folder / name).read_text(), count=1)
    assert times == 1
    bundle.write(name, text.encode())
    assert f"{name}: " in bundle.found()
    assert named in bundle.found()


def test_a_bundle_of_a_suite_that_made_fewer_files_is_verified_and_says_which_are_not_there(kept, tmp_path):
    for other_suite in (True, False):
        bundle = _copy(kept, tmp_path / str(other_suite), other_suite=other_suite)
        for name in ("junit.xml", "report.html"):
            (bundle.folder / name).unlink()
        bundle.listed_anew()
        found = bundle.verified()
        if other_suite:
            assert found.findings == []
            assert "  . not in the bundle, and not made again: junit.xml, report.html" in found.lines()
        else:
            assert {"junit.xml: missing", "report.html: missing"} <= {*found.findings}


@pytest.mark.parametrize("name", ["summary.md", "traceability.json", "junit.xml", "report.html"])
def test_one_more_byte_in_a_projection_is_named(name, kept, tmp_path):
    bundle = kept.copy(tmp_path / "copy")
    bundle.write(name, (bundle.folder / name).read_bytes() + b"\n")
    assert f"{name}: not what evidence.json gives" in bundle.found()


def test_a_file_of_the_candidate_that_was_exchanged_or_slipped_in_is_named(kept, tmp_path):
    bundle = kept.copy(tmp_path / "copy")
    name = bundle.document()["candidate"]["sources"][0]["file"]
    bundle.write(name, b"SELECT 1;")
    assert f"{name}: its digest is not the source's" in bundle.found()
    bundle.write("candidate/099-more.sql", b"SELECT 1;")
    assert "candidate/099-more.sql: no source names it" in bundle.found()
    bundle.write("notes.txt", b"all is well")
    assert "notes.txt: no file that a bundle has" in bundle.found()


def test_an_object_that_was_taken_out_of_the_catalogue_is_named(kept, tmp_path):
    bundle = kept.copy(tmp_path / "copy")
    catalog = json.loads((bundle.folder / "catalog.json").read_text())
    catalog.pop(min(catalog))
    bundle.write("catalog.json", json.dumps(catalog).encode())
    assert "catalog.json: its digest is not" in bundle.found()


def test_a_manifest_of_another_time_is_named(kept, tmp_path):
    bundle = kept.copy(tmp_path / "copy")
    bundle.listed_anew(created="2020-01-01T00:00:00Z")
    assert "was made at another time" in bundle.found()
    assert sha256((kept.folder / "manifest.json").read_bytes()) not in bundle.found()
