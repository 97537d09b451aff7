"""One lie in a bundle, told with a right manifest and without a signature: each is named."""

import pytest

from tests_suite.lies import LIES, counted, fail


def test_a_bundle_told_anew_without_a_lie_is_verified(kept, tmp_path):
    bundle = kept.copy(tmp_path / "copy")
    document = bundle.document()
    fail(document, "LED-03")
    counted(document, "broken")
    bundle.tell(document)
    assert bundle.found() == ""


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_in_the_evidence_is_named(lie, kept, tmp_path):
    bundle = kept.copy(tmp_path / "copy")
    document, (tell, named) = bundle.document(), LIES[lie]
    tell(document)
    bundle.tell(document)
    assert named in bundle.found()


def test_a_partial_run_that_is_called_kept_is_named(partial_run, tmp_path):
    bundle = partial_run.copy(tmp_path / "copy")
    document = bundle.document()
    for guarantee in document["guarantees"]:
        if guarantee["verdict"] == "not-checked":
            guarantee.update(verdict="kept", note="")
    counted(document, "kept")
    bundle.tell(document)
    found = bundle.found()
    assert "its verdict is kept, its tests make it not-checked" in found
    document["guarantees"] = [guarantee for guarantee in document["guarantees"] if guarantee["tests"]]
    counted(document)
    bundle.tell(document)
    assert "in scope, but not in evidence.json" in bundle.found()
