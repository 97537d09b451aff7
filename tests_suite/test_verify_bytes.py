"""Whatever is done to a bundle's files, verify finds it: any byte, any file, any name, any kind of file."""

import itertools
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.opened import opened
from tests_suite.bundles import Bundle
from tests_suite.signed import signed  # noqa: F401  # fixture

SETTINGS = settings(
    max_examples=int(os.environ.get("AMPLY_EXAMPLES", "40")),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
COUNT = itertools.count()


@pytest.fixture
def copied(signed, tmp_path):  # noqa: F811
    """Makes one more copy of the signed bundle."""
    return lambda: signed.bundle.copy(tmp_path / str(next(COUNT)))


def found(bundle: Bundle, signed) -> str:  # noqa: F811
    """What verify finds, and that it stops before it parses; the copy goes."""
    outcome = bundle.verified(**signed.trust)
    shutil.rmtree(bundle.folder)
    assert outcome.last == "not verified"
    assert "verdicts" not in {check.name for check in outcome.checks}
    return "\n".join(outcome.findings)


def test_the_signed_bundle_is_right(signed):  # noqa: F811
    outcome = signed.bundle.verified(**signed.trust)
    assert (outcome.findings, outcome.last) == ([], "verified")
    assert len(signed.bundle.names) >= 12
    assert {"report.html", "junit.xml", "evidence.json", "manifest.json"} <= {*signed.bundle.names}


@SETTINGS
@given(data=st.data())
def test_a_byte_that_is_changed_is_found(data, copied, signed):  # noqa: F811
    bundle = copied()
    name = data.draw(st.sampled_from(bundle.names))
    content = bytearray((bundle.folder / name).read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    (bundle.folder / name).write_bytes(content)
    assert name in found(bundle, signed)


@SETTINGS
@given(data=st.data())
def test_a_file_that_is_cut_or_longer_is_found(data, copied, signed):  # noqa: F811
    bundle = copied()
    name = data.draw(st.sampled_from(bundle.names))
    content = (bundle.folder / name).read_bytes()
    cut = content[: data.draw(st.integers(0, len(content) - 1))]
    (bundle.folder / name).write_bytes(data.draw(st.sampled_from([cut, content + b"\n", content + b"\0", content * 2])))
    assert name in found(bundle, signed)


NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=("Cs",)), min_size=1, max_size=20).filter(
    lambda name: name not in (".", "..")
)


@SETTINGS
@given(data=st.data())
def test_a_file_that_is_removed_renamed_or_added_is_found(data, copied, signed):  # noqa: F811
    bundle = copied()
    name = data.draw(st.sampled_from(bundle.names))
    place = data.draw(st.sampled_from(["", "candidate/"]))
    other = bundle.folder / (
        place + data.draw(NAMES.filter(lambda new: place + new not in [*bundle.names, "candidate"]))
    )
    match data.draw(st.sampled_from(["remove", "rename", "add", "empty", "folder"])):
        case "remove" if name != "manifest.json":
            (bundle.folder / name).unlink()
        case "rename" if name != "manifest.json":
            (bundle.folder / name).rename(other)
        case "folder":
            other.mkdir()
        case "empty":
            other.touch()
        case _:
            shutil.copy(bundle.folder / name, other)
    found(bundle, signed)


@SETTINGS
@given(data=st.data())
def test_files_that_are_swapped_are_found(data, copied, signed, partial_run):  # noqa: F811
    bundle = copied()
    name = data.draw(st.sampled_from(bundle.names))
    other = data.draw(st.sampled_from([bundle, partial_run]))
    source = data.draw(st.sampled_from(other.names))
    content, before = (other.folder / source).read_bytes(), (bundle.folder / name).read_bytes()
    (bundle.folder / name).write_bytes(content)
    if other is bundle:
        (bundle.folder / source).write_bytes(before)
    if content == before:  # nothing was swapped
        shutil.rmtree(bundle.folder)
        return
    said = found(bundle, signed)
    assert any(changed in said for changed in (name, source, "manifest.json"))


@pytest.mark.parametrize("kind", ["symbolic link", "hard link", "directory", "pipe", "link to a directory", "link out"])
def test_what_is_no_plain_file_is_found_and_not_read(kind, copied, signed, tmp_path):  # noqa: F811
    for name in signed.bundle.names:
        bundle = copied()
        path, kept_aside = bundle.folder / name, tmp_path / f"aside-{next(COUNT)}"
        path.rename(kept_aside)
        match kind:
            case "symbolic link":
                path.symlink_to(kept_aside)
            case "hard link":
                path.hardlink_to(kept_aside)
            case "directory":
                path.mkdir()
            case "pipe":
                os.mkfifo(path)
            case "link to a directory":
                path.symlink_to(tmp_path)
            case _:
                path.symlink_to("/dev/zero")
        seen = opened(bundle.folder)
        assert name not in seen.files
        assert kind == "directory" or any(name in finding for finding in seen.findings)
        found(bundle, signed)


def test_a_directory_that_is_a_link_is_found(copied, signed, tmp_path):  # noqa: F811
    bundle = copied()
    (bundle.folder / "candidate").rename(tmp_path / "elsewhere")
    (bundle.folder / "candidate").symlink_to(tmp_path / "elsewhere")
    assert "candidate: a symbolic link" in found(bundle, signed)


def test_what_is_too_large_or_too_much_is_found_and_not_read(copied, signed, monkeypatch):  # noqa: F811
    for name, limit in (("LARGEST", 10_000), ("ALTOGETHER", 100_000), ("LARGEST_ATTACHED", 100), ("MOST_FILES", 5)):
        with monkeypatch.context() as patch:
            patch.setattr(f"evidence.opened.{name}", limit)
            found(copied(), signed)


def test_deep_directories_and_odd_names_are_found_and_shown_harmlessly(copied, signed):  # noqa: F811
    for odd in (
        "a/b/c/d/e/f/g",
        "\x1b[31mred",
        "new\nline",
        "back\\slash",
        os.fsdecode(b"\xff\xfe"),
        "x" * 250,
        "\u202egnp",
    ):
        bundle = copied()
        path = Path(bundle.folder, odd)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        outcome = bundle.verified(**signed.trust)
        text = "\n".join(outcome.lines())
        assert outcome.last == "not verified"
        assert text.replace("\n", "").isprintable()
        shutil.rmtree(bundle.folder)
