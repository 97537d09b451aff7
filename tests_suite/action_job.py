"""action.yml executed as a runner does: its expressions resolved, its `run:` blocks given to bash, its files read."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from tests_suite.conftest import ROOT

ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS = {step.get("id") or "install": step for step in ACTION["runs"]["steps"]}
EXPRESSION = re.compile(r"\$\{\{\s*([\w.-]+)\s*\}\}")
_COMMAND = re.compile(r"::(?P<level>error|warning) (?P<properties>[^:]*)::(?P<message>.*)")


def resolved(text: str, contexts: dict) -> str:
    """The text with every `${{ a.b.c }}` replaced; what is not there is empty, as on GitHub, but for misspelt inputs."""

    def value(found: re.Match) -> str:
        here = contexts
        for name in found[1].split("."):
            here = here[name]
        return str(here)

    done = EXPRESSION.sub(value, str(text))
    assert "${{" not in done, f"an expression that the test does not know: {done}"
    return done


def told(output: str) -> list[dict[str, str]]:
    """The annotations among the lines of a step, as the runner takes them: none while commands are stopped."""
    found, token = [], ""
    for raw in output.splitlines():
        line = raw.strip()
        if token:
            token = "" if line == f"::{token}::" else token
        elif line.startswith("::stop-commands::"):
            token = line.removeprefix("::stop-commands::")
        elif match := _COMMAND.fullmatch(line):
            properties = dict(one.split("=", 1) for one in match["properties"].split(","))
            plain = {name: _unescaped(value) for name, value in properties.items()}
            found.append({"level": match["level"], "message": _unescaped(match["message"]), **plain})
        else:
            assert not line.startswith("::"), line
    return found


def _unescaped(text: str) -> str:
    for escaped, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escaped, char)
    return text


@dataclass
class Done:
    """What the job left."""

    exit: int
    output: str
    outputs: dict[str, str]
    summary: str
    annotations: list[dict[str, str]] = field(default_factory=list)


class Job:
    """A job of another repository: its workspace, the runner's directories, and the action."""

    def __init__(self, folder: Path, workspace: Path) -> None:
        self.folder, self.workspace, self.temp = folder, workspace, folder / "runner temp"
        self.temp.mkdir()
        self._outputs: dict[str, dict[str, dict[str, str]]] = {"python": {"outputs": {"python-path": sys.executable}}}

    def installed_already(self) -> None:
        """Stands in for the step that installs: this environment, where that one would make its own."""
        (self.temp / "amply-compliance").symlink_to(sys.prefix)

    def step(self, name: str, inputs: dict[str, str], **variables: str) -> Done:
        """One `run:` step, as written."""
        step = STEPS[name]
        files = {f"GITHUB_{kind}": self.folder / kind for kind in ("OUTPUT", "STEP_SUMMARY", "ENV", "PATH")}
        for file in files.values():
            file.write_text("")
        given = {key: about.get("default", "") for key, about in ACTION["inputs"].items()}
        assert inputs.keys() <= given.keys()
        contexts = {
            "inputs": given | inputs,
            "runner": {"temp": self.temp},
            "github": {"action_path": ROOT, "action_repository": "amply/amply-compliance", "action_ref": "v1"},
            "steps": self._outputs,
        }
        kept = ("PATH", "HOME", "LANG", "AMPLY_CACHE_DIR", "TMPDIR")
        kept += tuple(variable for variable in os.environ if variable.startswith(("PIP_", "UV_")))
        environment = {variable: os.environ[variable] for variable in kept if variable in os.environ}
        environment |= {"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(self.workspace)}
        environment |= {"GITHUB_ACTION_PATH": str(ROOT), "RUNNER_TEMP": str(self.temp)}
        environment |= {name: str(file) for name, file in files.items()} | variables
        environment |= {name: resolved(value, contexts) for name, value in step.get("env", {}).items()}
        script = self.folder / "script.sh"
        script.write_text(step["run"])  # as it stands: test_action.py looks that no expression is in it
        bash = shutil.which("bash")
        command = [bash, "--noprofile", "--norc", "-eo", "pipefail", str(script)]
        run = subprocess.run(
            command, cwd=self.workspace, env=environment, text=True, errors="replace", check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        outputs = _read(files["GITHUB_OUTPUT"].read_text())
        self._outputs[name] = {"outputs": outputs}
        for file in (files["GITHUB_ENV"], files["GITHUB_PATH"]):
            assert file.read_text() == ""  # the job's environment stays as it was
        summary = files["GITHUB_STEP_SUMMARY"].read_text()
        return Done(run.returncode, run.stdout, outputs, summary, told(run.stdout))

    def outputs(self) -> dict[str, str]:
        """The action's own outputs."""
        contexts = {"steps": self._outputs}
        return {name: resolved(about["value"], contexts) for name, about in ACTION["outputs"].items()}


def _read(text: str) -> dict[str, str]:
    """The outputs in the file's two notations."""
    found, lines = {}, iter(text.split("\n"))
    for line in lines:
        if (heredoc := re.fullmatch(r"([\w-]+)<<(.+)", line)) and "=" not in heredoc[1]:
            value = []
            while (inner := next(lines)) != heredoc[2]:
                value.append(inner)
            found[heredoc[1]] = "\n".join(value)
        elif line:
            name, _, found_value = line.partition("=")
            found[name] = found_value
    return found
