"""Published checkpoints: number and volume of a ledger as they were told of a day."""

import json
from datetime import date, timedelta

import pytest

from audit.canonical import canonical_text
from audit.checkpoint import CheckpointError
from audit.generate import generated
from audit.published import Published, compared, read
from tests_suite.filled_ledger import ledger_of, reference_server, run


def over_days(rows, each):
    """The same entries, `each` of them a day, in chains of their own."""
    heads = {}
    for number, row in enumerate(rows):
        moment = f"{date(2024, 1, 1) + timedelta(days=number // each)}T{number % 24:02}:00:00Z"
        moved = row._replace(created_at=moment, prev_entry_hash=heads.get(row.organisation_id))
        moved = moved._replace(entry_hash=moved.hashed(canonical_text(row.metadata)))
        heads[row.organisation_id] = moved.entry_hash
        yield moved


ROWS = [*over_days(generated(600, 5, seed=9), each=37)]
DAYS = sorted({row.created_at[:10] for row in ROWS})


@pytest.fixture(scope="module")
def ledger():
    class Node:
        name = "published"

    with reference_server() as server, ledger_of(server, Node, ROWS) as name:
        yield server, name


def told(day, entries=0, volume=0):
    """What is true of the ledger before that day, and more of it."""
    before = [row for row in ROWS if row.created_at < day]
    return {
        "id": f"chk_{day}", "date": day, "cumulative_hash": "of a making that is not published",
        "entry_count": len(before) + entries, "total_volume": sum(int(row.amount) for row in before) + volume,
    }  # fmt: skip


def after(day):
    return str(date.fromisoformat(day) + timedelta(days=1))


def audited(ledger, tmp_path, content, *words):
    file = tmp_path / "published.json"
    file.write_text(json.dumps(content))
    code, lines, said = run(*ledger, "--published", str(file), *words)
    named = [line for line in lines if line["event"] == "finding" and line["kind"] == "published_mismatch"]
    return code, {line["entry_id"] for line in named}, named, said


@pytest.mark.parametrize("words", [(), ("--processes", "2")], ids=str)
def test_true_checkpoints_of_every_day_are_borne_out(words, ledger, tmp_path):
    days = [DAYS[0], *map(after, DAYS)]
    assert len(days) > 3
    code, found, _, said = audited(ledger, tmp_path, [told(day) for day in days], *words)
    assert (code, found, said) == (0, set(), "")


@pytest.mark.parametrize("lie", [{"entries": 1}, {"entries": -1}, {"volume": 1}, {"entries": 1, "volume": 7}], ids=str)
def test_the_one_that_is_not_borne_out_is_named_with_both_sides(lie, ledger, tmp_path):
    middle, last = after(DAYS[len(DAYS) // 2]), after(DAYS[-1])
    code, found, named, _ = audited(ledger, tmp_path, [told(last), told(middle, **lie)])
    assert (code, found) == (1, {f"chk_{middle}"})
    assert named[0]["expected"] == "{entry_count} entries before {date}, volume {total_volume}".format(
        **told(middle, **lie)
    )
    assert named[0]["found"] == "{entry_count} entries, volume {total_volume}".format(**told(middle))


def test_one_alone_without_a_volume_is_held_against_the_number(ledger, tmp_path):
    one = told(after(DAYS[-1]), volume=5)
    del one["total_volume"]
    assert audited(ledger, tmp_path, one)[0] == 0
    assert audited(ledger, tmp_path, {**one, "entry_count": 0})[0] == 1


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"date": "2026-06-31", "entry_count": 1}',
    '{"date": "2026-06-30", "entry_count": "1"}', '{"date": "2026-06-30", "entry_count": true}'])  # fmt: skip
def test_what_is_no_checkpoint_is_a_line_and_exit_4(content, ledger, tmp_path):
    file = tmp_path / "published.json"
    file.write_text(content)
    code, lines, said = run(*ledger, "--published", str(file))
    assert (code, lines) == (4, [])
    assert said == f'python -m audit: {file}: no published checkpoints, such as {{"date": "2026-06-30", "entry_count": 12, ' \
        '"total_volume": 3400}\n'  # fmt: skip
    with pytest.raises(CheckpointError, match="No such file"):
        read(tmp_path / "nowhere.json")


@pytest.mark.parametrize("word", ["--only-new", "--resume"])
def test_it_asks_for_every_entry_once(word, ledger, tmp_path):
    words = [word, "--since", "x"] if word == "--only-new" else [word, str(tmp_path / "progress")]
    code, _, _, said = audited(ledger, tmp_path, told(DAYS[0]), *words)
    assert code == 4
    assert "neither --only-new nor --resume" in said


def test_a_year_of_five_digits_is_after_every_day():
    days = {
        (b"10000-01-01", "entries"): 1,
        (b"infinity", "entries"): 2,
        (b"0044-03-15", "entries"): 2,
        (b"2026-01-01", "entries"): 4,
    }
    assert not [*compared([Published("chk", date(2026, 2, 1), 6, None)], days)]
