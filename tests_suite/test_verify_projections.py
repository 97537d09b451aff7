"""Files made of evidence.json, and the candidate's, that tell something else than it: each is named."""

import json

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


@pytest.mark.parametrize("other_suite", [False, True])
def test_a_projection_that_tells_something_else_is_named(other_suite, kept, tmp_path):
    names = set(projections(kept.document())) - {"evidence.json"}
    assert {"summary.md", "traceability.json", "junit.xml"} <= names
    for name in names:
        bundle = kept.copy(tmp_path / name)
        if other_suite:
            document = bundle.document()
            document["suite"]["commit"] = "0" * 40
            bundle.tell(document)
        bundle.write(name, _changed(bundle, name))
        assert f"{name}: " in bundle.found(), name


@pytest.mark.parametrize("name", ["summary.md", "traceability.json", "junit.xml"])
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
