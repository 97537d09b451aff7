"""Audits that follow each other: checkpoints, and what is new since."""

import pytest

from audit import checkpoint
from audit.generate import generated
from tests_suite.filled_ledger import append, ledger_of, reference_server, run

EARLIER, WHOLE = 1500, [*generated(2000, 20, seed=4)]


@pytest.fixture(scope="module")
def server():
    with reference_server() as found:
        yield found


@pytest.fixture
def ledger(server, request):
    """A database with the first entries, and statements to come."""
    with ledger_of(server, request.node, WHOLE[:EARLIER]) as name:
        yield name


@pytest.fixture
def taken(server, ledger, tmp_path):
    """The checkpoint of the first entries, as the command writes it."""
    file = tmp_path / "checkpoint.json"
    code, lines, said = run(server, ledger, "--checkpoint", str(file))
    assert (code, said) == (0, ""), lines
    return file


def grow(server, ledger):
    with server.connect("postgres", ledger) as admin:
        append(admin, WHOLE[EARLIER:])


def mismatches(done):
    return {
        (line["organisation_id"], line["found"])
        for line in done[1]
        if line["event"] == "finding" and line["kind"] == "checkpoint_mismatch"
    }


def test_a_checkpoint_holds_head_number_and_volume_of_each_chain(taken):
    found = checkpoint.read(taken)
    heads, entries, volumes = {}, {}, {}
    for entry in WHOLE[:EARLIER]:
        name = entry.organisation_id
        heads[name], entries[name] = entry.entry_hash, entries.get(name, 0) + 1
        volume = volumes.setdefault(name, {})
        volume[entry.currency] = volume.get(entry.currency, 0) + int(entry.amount)
    assert {name: (one.head, one.entries, one.volume) for name, one in found.organisations.items()} == {
        name: (heads[name], entries[name], volumes[name]) for name in heads
    }


@pytest.mark.parametrize("words", [(), ("--only-new",), ("--processes", "2"), ("--resume", "progress.json")], ids=str)
def test_what_has_only_grown_is_intact(words, server, ledger, taken, tmp_path):
    grow(server, ledger)
    words = [str(tmp_path / word) if word.endswith(".json") else word for word in words]
    code, lines, said = run(server, ledger, "--since", str(taken), *words)
    assert (code, said) == (0, ""), lines
    assert lines[-1]["entries"] == (len(WHOLE) - EARLIER if "--only-new" in words else len(WHOLE))


def test_a_checkpoint_of_what_is_new_is_that_of_the_whole(server, ledger, taken, tmp_path):
    grow(server, ledger)
    files = [tmp_path / "whole.json", tmp_path / "new.json"]
    assert run(server, ledger, "--checkpoint", str(files[0]), "--processes", "2")[0] == 0
    assert run(server, ledger, "--since", str(taken), "--only-new", "--checkpoint", str(files[1]))[0] == 0
    whole, new = (checkpoint.read(file).organisations for file in files)
    assert whole == new


LAST = "SELECT id FROM ledger_entries e WHERE organisation_id = 'org_000003' AND NOT EXISTS (SELECT FROM ledger_entries f " \
    "WHERE f.organisation_id = e.organisation_id AND f.prev_entry_hash = e.entry_hash)"  # fmt: skip
GONE = {
    "the last entry": (f"DELETE FROM ledger_entries WHERE id = ({LAST})", {"org_000003"}),
    "an organisation": ("DELETE FROM ledger_entries WHERE organisation_id = 'org_000003'", {"org_000003"}),
    "everything": ("TRUNCATE ledger_entries", {f"org_{number:06d}" for number in range(20)}),
}


@pytest.mark.parametrize("only_new", [(), ("--only-new",)], ids=["all", "new"])
@pytest.mark.parametrize("what", GONE)
def test_what_no_audit_sees_alone_is_seen_with_a_checkpoint(what, only_new, server, ledger, taken):
    statement, organisations = GONE[what]
    with server.connect("postgres", ledger) as admin:
        admin.execute(statement)
    assert run(server, ledger)[0] == 0
    done = run(server, ledger, "--since", str(taken), *only_new)
    assert done[0] == 1
    assert {name for name, _ in mismatches(done)} == organisations
    assert {line["kind"] for line in done[1] if line["event"] == "finding"} <= {
        "checkpoint_mismatch",
        "json_round_trip",
    }


def rewritten(organisation):
    """The organisation's chain with another amount in its first entry, and every hash honest."""
    link, chain = None, []
    for entry in WHOLE[:EARLIER]:
        if entry.organisation_id == organisation:
            changed = entry._replace(
                amount=str(int(entry.amount) + (link is None)), prev_entry_hash=link, metadata="{}"
            )
            chain.append(changed._replace(entry_hash=changed.hashed("{}")))
            link = chain[-1].entry_hash
    return chain


@pytest.mark.parametrize("only_new", [(), ("--only-new",)], ids=["all", "new"])
def test_a_rewritten_chain_is_seen_with_a_checkpoint(only_new, server, ledger, taken):
    with server.connect("postgres", ledger) as admin:
        admin.execute("DELETE FROM ledger_entries WHERE organisation_id = 'org_000005'")
        append(admin, rewritten("org_000005"))
    assert run(server, ledger)[0] == 0
    done = run(server, ledger, "--since", str(taken), *only_new)
    assert done[0] == 1
    assert {name for name, _ in mismatches(done)} == {"org_000005"}


def test_a_wrong_new_entry_is_found_among_the_new_ones(server, ledger, taken):
    grow(server, ledger)
    with server.connect("postgres", ledger) as admin:
        admin.execute(
            "UPDATE ledger_entries SET amount = amount + 1 WHERE id IN (%s, %s)", (WHOLE[3].id, WHOLE[1700].id)
        )
    code, lines, _ = run(server, ledger, "--since", str(taken), "--only-new")
    assert code == 1
    assert [line["entry_id"] for line in lines if line.get("kind") == "hash_mismatch"] == [WHOLE[1700].id]


def test_no_checkpoint_is_written_of_a_ledger_that_is_not_intact(server, ledger, tmp_path):
    with server.connect("postgres", ledger) as admin:
        admin.execute("UPDATE ledger_entries SET amount = amount + 1 WHERE id = %s", (WHOLE[3].id,))
    code, _, said = run(server, ledger, "--checkpoint", str(tmp_path / "c.json"))
    assert code == 1
    assert said == "no checkpoint was written: the ledger is not intact\n"
    assert not [*tmp_path.iterdir()]


SPOILT = {
    "no JSON": lambda text: text[:-3],
    "another format": lambda text: text.replace("checkpoint/1", "checkpoint/2"),
    "an entry more": lambda text: text.replace('"entries": 1500', '"entries": 1501'),
    "blanks": lambda text: text.replace("{", "{ "),
}


@pytest.mark.parametrize("how", SPOILT)
def test_4_says_that_a_checkpoint_is_none(how, server, ledger, taken):
    taken.write_text(SPOILT[how](taken.read_text()))
    code, lines, said = run(server, ledger, "--since", str(taken))
    assert (code, lines, len(said.splitlines())) == (4, [], 1)
    assert str(taken) in said
