"""`python -m evidence verify`: honest bundles are verified, expectations are held, and it ends as documented."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from evidence.manifest import sha256
from evidence.verify.moments import duration
from tests_suite.authority import key_pair
from tests_suite.bundles import called
from tests_suite.conftest import ROOT
from tests_suite.signed import signed  # noqa: F401  # fixture

NOW = datetime.now(UTC)


def test_a_kept_bundle_is_verified_and_says_what_was_not_checked(kept):
    code, output, errors = called("verify", kept.folder, "--expect-verdict", "kept", "--max-age", "24h")
    assert (code, errors) == (0, "")
    assert output.splitlines()[-1] == "verified, but not checked: signature"
    assert "byte by byte" in output


def test_a_partial_run_says_incomplete_everywhere(partial_run):
    code, output, _ = called("verify", partial_run.folder)
    assert code == 0, output
    assert "incomplete" in output
    files = {name: (partial_run.folder / name).read_text() for name in partial_run.names}
    assert partial_run.document()["verdict"] == json.loads(files["traceability.json"])["verdict"] == "incomplete"
    assert "compliance: incomplete" in files["summary.md"]
    for name in ("report.html", "junit.xml"):
        assert "incomplete" in files.get(name, "incomplete")
    code, output, _ = called("verify", partial_run.folder, "--expect-verdict", "kept")
    assert code == 1
    assert "the run is incomplete, not kept" in output


def test_checks_come_as_json_too(kept):
    code, output, _ = called("verify", kept.folder, "--json")
    told = json.loads(output)
    assert (code, told["verified"]) == (0, True)
    assert {"files", "manifest", "verdicts", "guarantees", "projections", "secrets"} <= {
        check["name"] for check in told["checks"] if check["result"] == "right"
    }


def test_a_signature_is_asked_for_by_its_key(signed, kept, tmp_path):  # noqa: F811
    _, stranger = key_pair(tmp_path)
    folder = signed.bundle.folder
    assert called("verify", folder, "--key", folder.parent / "key.pub")[0] == 0
    code, output, _ = called("verify", folder, "--key", stranger)
    assert code == 1
    assert "signed by another key" in output
    code, output, _ = called("verify", kept.folder, "--key", stranger)
    assert code == 1
    assert "missing, but a key was given" in output
    assert "no key given" in called("verify", folder)[1]
    assert "but a root was given" in called("verify", kept.folder, "--timestamp-root", folder.parent / "root.pem")[1]


def test_a_time_stamp_is_checked_with_its_root_alone(signed, tmp_path):  # noqa: F811
    folder = signed.bundle.folder
    keys = ("--key", folder.parent / "key.pub")
    assert called("verify", folder, *keys)[1].splitlines()[-1] == "verified, but not checked: time stamp"
    code, output, _ = called("verify", folder, *keys, "--timestamp-root", folder.parent / "root.pem", "--max-age", "1h")
    assert code == 0, output
    assert output.splitlines()[-1] == "verified"
    other = signed.bundle.copy(tmp_path / "copy")
    (other.folder / "signature.json").unlink()
    assert "no signature that it could be of" in other.found()


def test_the_bundle_before_is_the_one_that_it_follows(kept, partial_run, tmp_path):
    after = kept.copy(tmp_path / "after")
    before = partial_run.copy(tmp_path / "before")
    before.listed_anew(created="2020-01-01T00:00:00Z")
    after.listed_anew(previous={"manifest_sha256": sha256((before.folder / "manifest.json").read_bytes())})
    assert called("verify", after.folder, "--previous", before.folder)[0] == 0
    assert "not checked  chain: " in called("verify", after.folder)[1]
    assert "follows another one" in called("verify", after.folder, "--previous", partial_run.folder)[1]
    assert "there was none before it" in called("verify", kept.folder, "--previous", before.folder)[1]
    (before.folder / "evidence.json").write_text("{}")
    assert "the bundle before: evidence.json" in called("verify", after.folder, "--previous", before.folder)[1]


def test_the_commit_and_the_age_are_those_expected(kept, tmp_path):
    bundle = kept.copy(tmp_path / "copy")
    document = bundle.document()
    made_by = document["suite"]["commit"] = "0123456789abcdef0123456789abcdef01234567"
    bundle.tell(document)
    assert bundle.found(commit=made_by[:7]) == bundle.found(commit=made_by) == ""
    assert "not by 1234567" in bundle.found(commit="1234567")
    document["suite"]["commit"] += "+changes"
    bundle.tell(document)
    assert "not what was committed" in bundle.found(commit=made_by[:7])
    assert bundle.found(age=timedelta(days=1)) == ""
    assert "longer ago" in bundle.found(age=timedelta(days=1), now=NOW + timedelta(days=2))
    assert "in the future" in bundle.found(now=NOW - timedelta(days=2))


def test_another_specification_is_told_and_passes_if_asked_to(kept, tmp_path):
    bundle = kept.copy(tmp_path / "copy")
    document = bundle.document()
    document["suite"]["spec_sha256"] = "0" * 64
    bundle.tell(document)
    assert "another specification" in bundle.found()
    assert bundle.verified(other_spec=True).last == "verified, but not checked: signature, guarantees, tests"


@pytest.mark.parametrize(("text", "hours"), [("90m", 1.5), ("24h", 24), ("7d", 168), ("2w", 336)])
def test_ages_are_written_so(text, hours):
    assert duration(text) == timedelta(hours=hours)


USAGE = {
    "nothing": [],
    "no such command": ["judge"],
    "no directory": ["verify"],
    "unknown option": ["verify", ".", "--loose"],
    "no such directory": ["verify", "nowhere"],
    "no bundle": ["verify", "."],
    "a file": ["verify", "README.md"],
    "no such key": ["verify", "{kept}", "--key", "nowhere.pub"],
    "no key": ["verify", "{kept}", "--key", "README.md"],
    "no root": ["verify", "{kept}", "--timestamp-root", "README.md"],
    "no such bundle before": ["verify", "{kept}", "--previous", "nowhere"],
    "short commit": ["verify", "{kept}", "--expect-commit", "abc123"],
    "no commit": ["verify", "{kept}", "--expect-commit", "main-branch"],
    "no age": ["verify", "{kept}", "--max-age", "soon"],
    "no key to sign with": ["sign", "{kept}"],
    "no such key to sign with": ["sign", "{kept}", "--key", "nowhere.pem"],
    "one bundle to compare": ["diff", "{kept}"],
    "no bundle to compare": ["diff", "{kept}", "."],
}


@pytest.mark.parametrize("case", USAGE)
def test_usage_is_told_in_one_line_with_exit_code_4(case, kept, monkeypatch):
    monkeypatch.chdir(ROOT)
    code, output, errors = called(*(word.format(kept=kept.folder) for word in USAGE[case]))
    assert (code, output) == (4, ""), errors
    assert len(errors.splitlines()) == 1
    assert errors.startswith("python -m evidence")


def test_each_command_explains_itself():
    for command in ("sign", "verify", "diff"):
        code, output, _ = called(command, "--help")
        assert code == 0
        assert "Exit codes: 0" in output
    assert "sign|verify|diff" in called("--help")[1]


def test_ctrl_c_ends_it_without_a_traceback(kept, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("evidence.verify.command.verify", interrupted)
    assert called("verify", kept.folder) == (130, "", "python -m evidence: interrupted\n")


HEAVY = ("cryptography", "securesystemslib", "rfc3161_client", "boto3", "botocore", "jinja2", "psycopg", "pytest")


def test_nothing_heavy_is_imported_unless_it_is_asked_for(kept):
    program = (
        "import sys; from evidence.__main__ import main; code = main(sys.argv[1:]); "
        f"print(code, [name for name in {HEAVY!r} if name in sys.modules])"
    )
    for arguments in (["verify", kept.folder], ["diff", kept.folder, kept.folder]):
        done = subprocess.run(
            [sys.executable, "-c", program, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=True
        )
        loaded = done.stdout.splitlines()[-1]
        assert loaded in ("0 []", "0 ['jinja2']"), loaded  # the report's page is made again to be compared


def test_a_run_of_the_suite_does_not_import_what_signs():
    program = "import sys, fixtures.bundled, fixtures.recorded, evidence.projections; print([*sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"evidence.sign.keys", "evidence.verify.steps", "cryptography", "rfc3161_client"} & {*eval(done.stdout)}
