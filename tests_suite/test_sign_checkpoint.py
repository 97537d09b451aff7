"""A checkpoint of the ledger is signed like evidence, and what was changed since is told."""

import json

import pytest

from audit.checkpoint import Checkpoint, State
from tests_suite.authority import key_pair
from tests_suite.bundles import called

STATES = {"org_a": State("sha256:" + "1" * 64, 7, {"EUR": 5}), "org_b": State("sha256:" + "2" * 64, 1, {})}


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    return key_pair(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def file(tmp_path, keys):
    """A signed checkpoint."""
    made = tmp_path / "checkpoint.json"
    made.write_bytes(Checkpoint("2026-01-02T03:04:05Z", STATES).as_bytes())
    assert called("sign-checkpoint", made, "--key", keys[0])[0] == 0
    return made


def test_a_signed_checkpoint_is_verified(file, keys):
    assert called("verify-checkpoint", file, "--key", keys[1])[0] == 0
    assert called("sign-checkpoint", file, "--key", keys[0])[0] == 4  # it is signed already
    assert called("sign-checkpoint", file, "--key", keys[0], "--force")[0] == 0
    assert {one.name for one in file.parent.iterdir()} == {"checkpoint.json", "checkpoint.json.signature.json"}


def other_key(file, tmp_path):
    return key_pair(tmp_path)[1]


def another_state(file, _):
    file.write_bytes(
        Checkpoint("2026-01-02T03:04:05Z", {**STATES, "org_a": State("sha256:" + "1" * 64, 6, {})}).as_bytes()
    )


def fewer_organisations(file, _):
    file.write_bytes(Checkpoint("2026-01-02T03:04:05Z", {"org_b": STATES["org_b"]}).as_bytes())


def another_signature(file, _):
    beside = file.with_name("checkpoint.json.signature.json")
    data = json.loads(beside.read_text())
    data["signatures"][0]["sig"] = data["signatures"][0]["sig"].swapcase()
    beside.write_text(json.dumps(data, indent=1) + "\n")


def no_signature(file, _):
    file.with_name("checkpoint.json.signature.json").unlink()


@pytest.mark.parametrize("change", [other_key, another_state, fewer_organisations, another_signature, no_signature])
def test_what_is_not_as_it_was_signed_is_not_verified(change, file, keys, tmp_path_factory):
    key = change(file, tmp_path_factory.mktemp("other")) or keys[1]
    code, output, _ = called("verify-checkpoint", file, "--key", key)
    assert code == 1
    assert output.startswith("not verified: ")
    assert len(output.splitlines()) == 1


@pytest.mark.parametrize("command", ["sign-checkpoint", "verify-checkpoint"])
def test_4_says_that_it_is_no_checkpoint(command, keys, tmp_path):
    (tmp_path / "x.json").write_text("{}")
    code, output, errors = called(command, tmp_path / "x.json", "--key", keys[command == "verify-checkpoint"])
    assert (code, output, len(errors.splitlines())) == (4, "", 1)
