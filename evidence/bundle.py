"""Write a bundle of evidence: whole, under a temporary name, then moved to its place."""

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from evidence.manifest import ATTACHED, MANIFEST, BundleError, listed, manifest


def _files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


def _is_bundle(folder: Path) -> bool:
    """Whether everything in the folder belongs to an earlier bundle, which may go as a whole."""
    try:
        ours = {MANIFEST, *ATTACHED, *listed((folder / MANIFEST).read_bytes())}
    except (OSError, BundleError):
        ours = {"evidence.json"}
    return _files_in(folder) <= ours


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            partial.write_bytes(content)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)


def _remove_left(folder: Path) -> None:
    """What runs left that were killed while they wrote."""
    for left in folder.parent.glob(f".{folder.name}.*.partial"):
        pid = left.name.rsplit(".", 2)[1]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            shutil.rmtree(left, ignore_errors=True)


def clear(folder: Path) -> None:
    """Take an earlier bundle out of the folder: a run that does not get to its end leaves none, not an old one."""
    try:
        names = {MANIFEST, *ATTACHED, *listed((folder / MANIFEST).read_bytes())}
    except (OSError, BundleError):
        names = {"evidence.json"}
    for name in names:
        path = folder / name
        if folder.resolve() in path.resolve().parents:
            path.unlink(missing_ok=True)
    with suppress(OSError):
        (folder / "candidate").rmdir()


def write_bundle(folder: Path, files: Mapping[str, bytes], *, created: str, previous: bytes | None = None) -> None:
    """Write the files (contents by path in the bundle) and their manifest. Raises OSError.

    A folder that is not there, is empty, or holds an earlier bundle alone is replaced as a whole. In one with other files
    the bundle's own are replaced, the manifest last: they lose nothing, and `verify` names them.
    """
    whole = {**files, MANIFEST: manifest(files, previous, created)}
    folder.parent.mkdir(parents=True, exist_ok=True)
    _remove_left(folder)
    if folder.is_symlink() or (folder.exists() and not _is_bundle(folder)):
        (folder / MANIFEST).unlink(missing_ok=True)
        _write(folder, whole)
        return
    partial = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
    before = folder.with_name(f".{folder.name}.before.{os.getpid()}.partial")
    try:
        partial.mkdir()
        _write(partial, whole)
        if folder.exists():
            folder.rename(before)
        partial.rename(folder)
    finally:
        if before.exists() and not folder.exists():
            with suppress(OSError):
                before.rename(folder)
        shutil.rmtree(partial, ignore_errors=True)
        shutil.rmtree(before, ignore_errors=True)
