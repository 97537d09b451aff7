"""The trace covers the whole design document, and says so when it does not."""

import re
import shutil
from pathlib import Path

import pytest

from spec import GUARANTEES, trace

STATEMENT = '[[statement]]\nsection = "Production Instance"\nwords = "MultiAZ: true"\nids = ["RDS-05"]\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the specification that a test may spoil."""
    return Path(shutil.copytree(trace.HERE, tmp_path / "spec"))


def spoil(folder: Path, name: str, old: str, new: str) -> None:
    """Replace what stands in the file exactly once."""
    text = (folder / name).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")


def test_every_statement_of_the_document_is_traced() -> None:
    assert trace.problems() == []


def test_every_guarantee_stands_in_the_trace() -> None:
    assert {id_ for statement in trace.statements() for id_ in statement.ids} >= GUARANTEES.keys()


def test_a_copied_folder_is_read_in_place_of_ours(folder: Path) -> None:
    assert trace.problems(folder) == []
    assert trace.statements(folder) == trace.statements()


def test_statements_name_their_section_line_words_and_ids() -> None:
    expected = trace.Statement("Production Instance", 19, 19, "MultiAZ: true", ("RDS-05",))
    assert [said for said in trace.statements() if said.line == 19] == [expected]


def test_code_blocks_are_part_of_the_document_and_their_comments_no_headings() -> None:
    lines = {line.number: line for line in trace.document()}
    assert lines[254].section == "Manual Snapshots"
    assert lines[254].text == "# Create snapshot before major changes"


def test_front_matter_headings_fences_rules_and_blank_lines_need_no_cover() -> None:
    numbers = {line.number for line in trace.document()}
    assert numbers.isdisjoint({1, 2, 3, 4, 5, 10, 14, 38, 405})


@pytest.mark.parametrize(
    ("name", "old", "new", "found"),
    [
        pytest.param("trace.toml", STATEMENT, "", r"rds-postgresql.md:19: covered by nothing", id="dropped_statement"),
        pytest.param("trace.toml", STATEMENT, STATEMENT * 2, r"md:19: covered 2 times", id="statement_made_twice"),
        pytest.param("trace.toml", '"RDS-05"', '"RDS-99"', r"trace.toml:\d+: RDS-99 is no guarantee", id="unknown_id"),
        pytest.param("trace.toml", '["RDS-05"]', "[]", r"'MultiAZ: true' has neither ids", id="statement_without_id"),
        pytest.param("trace.toml", '"subtitle"', '""', r"nor a reason to be an aside", id="aside_without_reason"),
        pytest.param("trace.toml", "MultiAZ: true", "MultiAZ: yes", r"trace.toml:\d+: .*on no line", id="absent_words"),
        pytest.param("trace.toml", "MultiAZ: true", "true", r"on lines 19, 20, 30, 37", id="words_on_several_lines"),
        pytest.param("trace.toml", '"        )"', '"nowhere"', r"'nowhere' stands on no line", id="absent_end"),
        pytest.param("trace.toml", '"RDS-05"', '"RDS-01"', r"\.toml:\d+: RDS-05: no statement", id="unused_id"),
        pytest.param(
            "guarantees.toml",
            'words = "Key tables:"',
            'words = "Tables:"',
            r"SHP-01: 'Tables:' stands",
            id="false_source",
        ),
        pytest.param(
            "rds-postgresql.md",
            "MultiAZ: true ",
            "MultiAZ: true\nTurbo: true",
            r"md:20: covered by noth",
            id="new_line",
        ),
    ],
)
def test_the_trace_finds_(folder: Path, name: str, old: str, new: str, found: str) -> None:
    spoil(folder, name, old, new)
    assert [problem for problem in trace.problems(folder) if re.search(found, problem)]
    assert trace.main(folder) == 1


def test_an_entry_with_a_misspelt_field_is_malformed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(folder, "trace.toml", 'because = "subtitle"', 'why = "subtitle"')
    assert trace.main(folder) == 4
    assert "trace.toml:" in capsys.readouterr().err


def test_the_printed_trace_tells_proved_from_planned(capsys: pytest.CaptureFixture[str]) -> None:
    assert trace.main() == 0
    printed = capsys.readouterr().out
    assert re.search(r"^ +19  MultiAZ: true +RDS-05( planned)?$", printed, re.MULTILINE)
    assert re.search(r"^ +110-112  CREATE TRIGGER ledger_no_update +LED-01$", printed, re.MULTILINE)
    assert re.fullmatch(r"\d+ statements \(.*\), \d+ asides; .*", printed.splitlines()[-1])
