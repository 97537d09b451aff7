"""`python -m evidence sign`: what is signed, with what, and what is not."""

import base64
import hashlib
import json
import sys

import pytest
from securesystemslib.dsse import Envelope

from evidence.sign import command
from evidence.sign.keys import public_key
from evidence.sign.statement import statement
from tests_suite.authority import authority, key_pair, openssl
from tests_suite.bundles import called
from tests_suite.signed import signed  # noqa: F401  # fixture


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """A private key and its public one."""
    return key_pair(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def bundle(kept, tmp_path):
    """A kept bundle to be signed."""
    return kept.copy(tmp_path / "bundle")


def payload(bundle) -> dict:
    """The statement of a signed bundle."""
    return json.loads(base64.b64decode(json.loads((bundle.folder / "signature.json").read_text())["payload"]))


def test_the_statement_speaks_of_every_file(signed):  # noqa: F811
    told, document = payload(signed.bundle), signed.bundle.document()
    assert told["_type"] == "https://in-toto.io/Statement/v1"
    assert told["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    names = {*signed.bundle.names} - {"signature.json", "timestamp.tsr"}
    assert {one["name"]: one["digest"]["sha256"] for one in told["subject"]} == {
        name: hashlib.sha256((signed.bundle.folder / name).read_bytes()).hexdigest() for name in names
    }
    predicate = told["predicate"]
    assert predicate.keys() == {"result", "configuration", "passedTests", "warnedTests", "failedTests"}
    assert (predicate["result"], len(predicate["passedTests"])) == ("PASSED", document["totals"]["kept"])
    described = {one["name"]: one for one in predicate["configuration"]}
    for one in described.values():
        assert one.keys() <= {"name", "digest", "annotations"}
        assert one["digest"]
    assert described["specification"]["digest"] == {"sha256": document["suite"]["spec_sha256"]}
    assert described["catalog"]["digest"] == {"sha256": document["candidate"]["catalog_sha256"]}
    assert {source["path"] for source in document["candidate"]["sources"]} <= described.keys()


def test_openssl_alone_can_check_signature_and_time_stamp(signed, tmp_path):  # noqa: F811
    data = json.loads((signed.bundle.folder / "signature.json").read_text())
    envelope = Envelope.from_dict(json.loads(json.dumps(data)))
    assert data["payloadType"] == "application/vnd.in-toto+json"
    (tmp_path / "pae").write_bytes(envelope.pae())
    (tmp_path / "sig").write_bytes(base64.b64decode(data["signatures"][0]["sig"]))
    above = signed.bundle.folder.parent
    assert b"Verified OK" in openssl(tmp_path, f"dgst -sha256 -verify {above}/key.pub -signature sig pae")
    stamp = f"-data {signed.bundle.folder}/signature.json -in {signed.bundle.folder}/timestamp.tsr"
    openssl(tmp_path, f"ts -verify {stamp} -CAfile {above}/root.pem")


@pytest.mark.parametrize(
    ("verdicts", "require", "result", "tests"),
    [
        ({}, "all", "PASSED", (["A", "B"], [], [])),
        ({"A": "broken"}, "all", "FAILED", (["B"], [], ["A"])),
        ({"A": "not-checked"}, "all", "FAILED", (["B"], [], ["A"])),
        ({"A": "error"}, "all", "FAILED", (["B"], [], ["A"])),
        ({"A": "deviates"}, "all", "PASSED", (["B"], ["A"], [])),
        ({"B": "broken"}, "core", "PASSED", (["A"], ["B"], [])),
    ],
)
def test_verdicts_become_results(verdicts, require, result, tests, kept):
    document = kept.document()
    document["require"] = require
    document["guarantees"] = [
        {"id": id_, "level": level, "verdict": verdicts.get(id_, "kept")}
        for id_, level in (("A", "core"), ("B", "hardening"))
    ]
    failed = {"broken", "error", "not-checked"} & {verdicts.get(id_) for id_ in ("A", *["B"] * (require == "all"))}
    document["verdict"] = ("incomplete" if "not-checked" in failed else "broken") if failed else "kept"
    files = {"evidence.json": b"", "manifest.json": b""}
    predicate = json.loads(statement(document, files, {}))["predicate"]
    assert predicate["result"] == result
    assert tuple(predicate[key] for key in ("passedTests", "warnedTests", "failedTests")) == tests


def test_an_incomplete_run_is_signed_as_failed(partial_run, keys, tmp_path):
    bundle = partial_run.copy(tmp_path / "part")
    assert called("sign", bundle.folder, "--key", keys[0])[0] == 0
    assert payload(bundle)["predicate"]["result"] == "FAILED"
    assert called("verify", bundle.folder, "--key", keys[1])[0] == 0


def test_what_is_not_right_is_not_signed(bundle, keys):
    (bundle.folder / "summary.md").write_text("all is well")
    code, output, errors = called("sign", bundle.folder, "--key", keys[0])
    assert (code, output.splitlines()[-1], errors) == (1, "not signed", "")
    assert "summary.md" in output
    assert not (bundle.folder / "signature.json").exists()


def test_a_signature_is_replaced_only_if_told_so_and_takes_its_stamp_along(signed, keys, tmp_path):  # noqa: F811
    bundle = signed.bundle.copy(tmp_path / "bundle")
    code, _, errors = called("sign", bundle.folder, "--key", keys[0])
    assert code == 4
    assert "there already" in errors
    assert called("sign", bundle.folder, "--key", keys[0], "--force")[0] == 0
    assert "timestamp.tsr" not in bundle.names
    assert called("verify", bundle.folder, "--key", keys[1])[0] == 0
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]


def test_an_encrypted_key_is_opened_by_its_password(bundle, tmp_path, monkeypatch):
    key_pair(tmp_path)
    openssl(tmp_path, "pkcs8 -topk8 -in key.pem -out locked.pem -passout pass:secret -v2 aes-256-cbc")
    monkeypatch.delenv("AMPLY_KEY_PASSWORD", raising=False)
    arguments = ("sign", bundle.folder, "--key", tmp_path / "locked.pem")
    assert "$AMPLY_KEY_PASSWORD" in called(*arguments)[2]
    monkeypatch.setenv("AMPLY_KEY_PASSWORD", "wrong")
    code, _, errors = called(*arguments)
    assert (code, "does not open it" in errors, "wrong" in errors) == (4, True, False)
    monkeypatch.setenv("AMPLY_KEY_PASSWORD", "secret")
    assert called(*arguments)[0] == 0
    assert called("verify", bundle.folder, "--key", tmp_path / "key.pub")[0] == 0


def test_keys_of_other_kinds_are_refused_in_one_line(bundle, tmp_path):
    private, public = key_pair(tmp_path, "p384", "P-384")
    openssl(tmp_path, "genpkey -algorithm ed25519 -out ed.pem")
    (tmp_path / "text.pem").write_text("key")
    (tmp_path / "big.pem").write_bytes(b"x" * 100_000)
    for given in (private, public, tmp_path / "ed.pem", tmp_path / "text.pem", tmp_path / "big.pem", tmp_path):
        code, output, errors = called("sign", bundle.folder, "--key", given)
        assert (code, output, len(errors.splitlines())) == (4, "", 1), given
    for given in (private, public, tmp_path / "text.pem"):
        code, output, errors = called("verify", bundle.folder, "--key", given)
        assert (code, output, len(errors.splitlines())) == (4, "", 1), given
    assert "this is the private one" in called("verify", bundle.folder, "--key", private)[2]


def test_a_missing_library_is_told_with_the_file_that_installs_it(bundle, keys, monkeypatch):
    for missing in ("securesystemslib.signer", "cryptography.x509"):
        with monkeypatch.context() as patch:
            patch.setitem(sys.modules, missing, None)
            option = ("--key", keys[1]) if "signer" in missing else ("--timestamp-root", keys[1])
            code, _, errors = called("verify", bundle.folder, *option)
        assert (code, "requirements-sign.txt" in errors) == (4, True)


@pytest.mark.parametrize("kind", ["RSA", "EC -pkeyopt ec_paramgen_curve:P-384"])
def test_time_stamps_of_other_kinds_of_keys_are_right_too(kind, bundle, keys, tmp_path):
    folder = tmp_path / "authority"
    folder.mkdir()
    with authority(folder, kind) as stamps:
        assert called("sign", bundle.folder, "--key", keys[0], "--timestamp", stamps.url)[0] == 0
        code, output, _ = called("verify", bundle.folder, "--key", keys[1], "--timestamp-root", stamps.root)
        assert (code, output.splitlines()[-1]) == (0, "verified"), output
    openssl(folder, "req -x509 -newkey rsa:2048 -nodes -keyout x.key -out x.pem -days 2 -subj /CN=root")
    code, output, _ = called("verify", bundle.folder, "--key", keys[1], "--timestamp-root", folder / "x.pem")
    assert (code, "found        time stamp" in output) == (1, True)


@pytest.mark.parametrize("spoil", ["nothing", "garbage", "another's", "refusal"])
def test_an_authority_that_answers_wrongly_signs_nothing(spoil, bundle, keys, signed, tmp_path):  # noqa: F811
    stamp = (signed.bundle.folder / "timestamp.tsr").read_bytes()
    answers = {"nothing": b"", "garbage": b"<html>", "another's": stamp, "refusal": bytes.fromhex("30053003020102")}
    folder = tmp_path / "authority"
    folder.mkdir()
    with authority(folder) as stamps:
        stamps.spoil = lambda _: answers[spoil]
        code, output, errors = called("sign", bundle.folder, "--key", keys[0], "--timestamp", stamps.url)
    assert (code, output, len(errors.splitlines())) == (4, "", 1), errors
    assert "signature.json" not in bundle.names
    code, _, errors = called("sign", bundle.folder, "--key", keys[0], "--timestamp", "ftp://x")
    assert (code, "not an address over HTTP" in errors) == (4, True)


def test_a_signed_statement_that_says_something_else_is_found(bundle, keys):
    document = bundle.document()
    files = {name: (bundle.folder / name).read_bytes() for name in bundle.names}
    listed = {name: hashlib.sha256(files[name]).hexdigest() for name in files if name != "manifest.json"}
    right = statement(document, files, listed)
    for payload_, named in ((right, ""), (right.replace(b"PASSED", b"FAILED"), "states something else")):
        (bundle.folder / "signature.json").write_bytes(command.signed(payload_, str(keys[0])))
        assert named in bundle.found(key=public_key(keys[1]))
    assert bundle.found()
    for wrong in (b"{}", b"[]", b'{"subject": [1]}', right.replace(b"manifest.json", b"manifest.jso_")):
        (bundle.folder / "signature.json").write_bytes(command.signed(wrong, str(keys[0])))
        assert "signature.json" in bundle.found(key=public_key(keys[1]))
