"""`python -m evidence diff`: what changed between two bundles, and nothing else."""

import json

import pytest

from tests_suite.bundles import called


@pytest.fixture
def other(kept, tmp_path):
    """Makes a bundle that differs from the kept one by a change of its document, and compares the two."""

    def compare(change, name: str = "", content: bytes = b"") -> str:
        bundle = kept.copy(tmp_path / "other")
        document = bundle.document()
        change(document)
        bundle.tell(document)
        if name:
            bundle.write(name, content)
        code, output, errors = called("diff", kept.folder, bundle.folder)
        assert (code, errors) == (1 if output != "nothing differs\n" else 0, "")
        return output

    return compare


def guarantee(document, id_="LED-03"):
    """One of the document's."""
    return next(one for one in document["guarantees"] if one["id"] == id_)


def test_a_bundle_does_not_differ_from_itself_nor_by_its_times(kept, other):
    assert called("diff", kept.folder, kept.folder) == (0, "nothing differs\n", "")
    assert other(lambda document: document.update(seconds=99.5, started="2020-01-01T00:00:00Z")) == "nothing differs\n"


def test_worse_verdicts_come_first_and_failures_with_them(other):
    def change(document):
        document["verdict"] = "broken"
        one = guarantee(document)
        one["verdict"] = "broken"
        one["failures"] = [{"nodeid": "a_test", "observed": "a TRUNCATE\nwas accepted", "remedy": ""}]
        guarantee(document, "SHP-01")["verdict"] = "not-checked"

    lines = other(change).splitlines()
    assert lines[:2] == ["verdicts:", "  the run: kept -> broken"]
    assert lines[2].startswith("  worse: LED-03 kept -> broken")
    assert lines[3].startswith("  worse: SHP-01 kept -> not-checked")
    assert "  new: LED-03 a_test: a TRUNCATE" in lines


def test_what_got_better_comes_after_what_got_worse(kept, partial_run):
    code, output, _ = called("diff", partial_run.folder, kept.folder)
    assert code == 1
    assert "the run: incomplete -> kept" in output
    assert "better: LED-03 not-checked -> kept" in output
    assert "worse" not in output


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda d: d["guarantees"].remove(guarantee(d)), "gone: LED-03 (kept)"),
        (lambda d: d["guarantees"].append({**guarantee(d), "id": "LED-99"}), "new: LED-99 (kept)"),
        (lambda d: guarantee(d).update(says="Other words."), "reworded: LED-03: says"),
        (lambda d: guarantee(d)["tests"].pop(), "LED-03: 1 tests less, 0 more"),
        (
            lambda d: guarantee(d).update(deviation={"because": "so", "until": "2030-01-01", "stale": True}),
            "new: LED-03 until 2030-01-01: so",
        ),
        (lambda d: d["candidate"]["sources"].pop(), "gone: candidates/reference/04_roles.sql"),
        (lambda d: d["candidate"]["sources"][0].update(sha256="0" * 64), "changed: candidates/reference/01_tables.sql"),
        (lambda d: d["candidate"]["sources"].reverse(), "applied in another order"),
        (lambda d: d["candidate"].update(kind="dump"), "kind: sql -> dump"),
        (lambda d: d["environment"].update(server="PostgreSQL 15.99"), "-> PostgreSQL 15.99"),
        (lambda d: d["environment"]["packages"].update(psycopg="9"), "-> 9"),
        (lambda d: d["suite"].update(version="9"), "-> 9"),
        (lambda d: d.update(require="core"), "require: all -> core"),
        (lambda d: d["environment"].update(server="\x1b[2J"), "server: "),
    ],
)
def test_each_change_is_told(change, told, other):
    output = other(change)
    assert told in output
    assert output.replace("\n", "").isprintable()


def test_objects_of_the_catalogue_are_told_by_name(kept, other):
    catalog = json.loads((kept.folder / "catalog.json").read_text())
    first, second = sorted(catalog)[:2]
    catalog.pop(first)
    catalog |= {second: "something else", "a new one": ""}
    output = other(lambda _: None, "catalog.json", json.dumps(catalog).encode())
    assert output.splitlines() == ["catalogue:", f"  gone: {first}", "  new: a new one", f"  changed: {second}"]


def test_a_bundle_that_is_not_whole_is_told_and_not_compared(kept, tmp_path):
    bundle = kept.copy(tmp_path / "other")
    (bundle.folder / "evidence.json").write_text("{}")
    code, output, _ = called("diff", kept.folder, bundle.folder)
    assert code == 1
    assert output.splitlines() == ["NEW is not whole:", "  evidence.json: its content is not what the manifest says"]
    assert json.loads(called("diff", bundle.folder, kept.folder, "--json")[1]).keys() == {"OLD is not whole"}
