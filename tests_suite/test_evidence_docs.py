"""docs/evidence.md: its commands work when pasted."""

import os
import re
import subprocess
import sys

from tests_suite.conftest import ROOT

ELSEWHERE = (
    "make setup",
    "pip install",
    "-m pytest",
    "aws kms",
    "openssl pkey -pubin",
    "awskms:",
    "timestamp",
    "evidence oscal",
)


def commands() -> list[str]:
    """The indented lines that need neither a package index, nor a database, nor a network."""
    text = (ROOT / "docs" / "evidence.md").read_text()
    lines = re.findall(r"^    (\S.*)$", text, re.MULTILINE)
    return [line for line in lines if not any(word in line for word in ELSEWHERE)]


def test_the_commands_work_when_pasted(kept, partial_run, tmp_path):
    kept.copy(tmp_path / "evidence-out")
    partial_run.copy(tmp_path / "evidence-before")
    outputs = []
    for command in commands():
        words = command.replace(".venv/bin/python", sys.executable)
        shell, environment = ["bash", "-c", words], {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(shell, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == (1 if " diff " in command else 0), done.stdout + done.stderr
        outputs.append(done.stdout)
    assert len(outputs) == 6
    assert outputs[2].startswith("signed: kept")
    assert outputs[3].endswith("\nverified\n")
    assert "incomplete -> kept" in outputs[5]
