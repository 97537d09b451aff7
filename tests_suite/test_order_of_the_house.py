"""The repository keeps its own rules: imports, sources of the guarantees, sizes, and what stands at the top."""

import ast
import subprocess
import sys

import pytest

from spec import GUARANTEES
from spec.guarantees import AREAS
from tests_suite.conftest import ROOT

SPECIFICATION = sorted(
    file for name in ("schema", "security", "operations", "live") for file in ROOT.glob(f"tests_{name}/**/*.py")
)
OURS = {path.name for path in ROOT.iterdir() if (path / "__init__.py").exists()} | {
    "tests_schema",
    "tests_security",
    "conftest",
}
LONGEST = 215  # lines; about 150 is the aim, and what is longer is one subject still


def imported(file):
    tree = ast.parse(file.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("file", SPECIFICATION, ids=lambda file: file.stem)
def test_a_test_of_the_specification_imports_of_ours_only_spec_audit_and_support(file):
    assert set(imported(file)) & OURS <= {"spec", "audit", "support"}


def test_no_test_imports_a_test():
    for file in ROOT.glob("tests_*/**/*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom):
                names = {*(node.module or "").split("."), *(alias.name for alias in node.names)}
                assert not any(name.startswith("test_") for name in names), file.name


def test_the_words_of_every_guarantee_stand_in_the_document_and_its_prefix_names_its_area():
    document = " ".join((ROOT / "spec" / "rds-postgresql.md").read_text().split())
    for guarantee in GUARANTEES.values():
        assert " ".join(guarantee.words.split()) in document, guarantee.id
        if not guarantee.planned:
            assert guarantee.area == AREAS[guarantee.id[:3]], guarantee.id


def test_a_guarantee_is_one_sentence_in_the_present_tense():
    for guarantee in GUARANTEES.values():
        assert guarantee.says.endswith("."), guarantee.id
        assert not {"should", "must", "shall", "will"} & set(guarantee.says.lower().split()), guarantee.id


def test_no_file_outgrows_its_reader():
    files = [file for folder in OURS for file in (ROOT / folder).rglob("*.py") if (ROOT / folder).is_dir()]
    grown = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in files}
    assert {name: lines for name, lines in grown.items() if lines > LONGEST} == {}


def test_a_run_that_asks_nothing_of_aws_does_not_import_its_client():
    program = (
        "import sys, fixtures.live_options, fixtures.account, fixtures.live_database; print('boto3' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_every_option_has_an_environment_variable_and_stands_in_help(pytestconfig):
    offline = (
        "--server",
        "--schema",
        "--alembic",
        "--alembic-command",
        "--alembic-revision",
        "--schema-from",
        "--patch",
        "--deviations",
        "--evidence",
        "--require",
    )
    live = (
        "--environment",
        "--rds-instance",
        "--region",
        "--live-dsn",
        "--live-checkpoint",
        "--read-secrets",
        "--account-record",
        "--account-replay",
    )
    operations = ("--engine", "--engine-context", "--engine-python", "--connection-string", "--processes")
    of_files = {"options.py": offline, "live_options.py": live, "operations_options.py": operations}
    for file, options in of_files.items():
        text = (ROOT / "fixtures" / file).read_text()
        for option in options:
            assert f'"{option}"' in text
    assert "tests_live" in (ROOT / "pytest.ini").read_text()
