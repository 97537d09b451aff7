"""The files of a bundle, read once, before anything in them is parsed: no link, no special file, nothing too large."""

import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evidence.inert import line
from evidence.manifest import ATTACHED, FORMAT, MANIFEST, BundleError, Listed, sha256
from evidence.strict_json import parse

LARGEST: Final = 64 * 2**20  # bytes of one file
LARGEST_ATTACHED: Final = 2**20
ALTOGETHER: Final = 256 * 2**20  # bytes
MOST_FILES: Final = 10_000
DEEPEST: Final = 4  # names in a path


@dataclass(frozen=True)
class Opened:
    """What stands in the directory: contents and directories by path, and what is wrong with the rest."""

    files: dict[str, bytes]
    folders: frozenset[str]
    findings: tuple[str, ...]


def shown(name: str) -> str:
    """A name that anybody may have chosen, in one line."""
    return line(name.encode("utf-8", "replace").decode(), 120)


def _content(folder: int, name: str, most: int) -> bytes:
    """The file's bytes. Raises BundleError for what is not one plain file under one name."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    seen = os.stat(name, dir_fd=folder, follow_symlinks=False)
    _plain(seen, most)
    with open(os.open(name, flags, dir_fd=folder), "rb") as file:  # noqa: PTH123  # within an open directory
        now = os.fstat(file.fileno())
        _plain(now, most)
        if (now.st_dev, now.st_ino) != (seen.st_dev, seen.st_ino):
            raise BundleError("it was exchanged while it was read")
        content = file.read(most + 1)
    if len(content) != now.st_size:
        raise BundleError("it changed while it was read")
    return content


def _plain(seen: os.stat_result, most: int) -> None:
    if stat.S_ISLNK(seen.st_mode):
        raise BundleError("a symbolic link")
    if not stat.S_ISREG(seen.st_mode):
        raise BundleError("neither a file nor a directory")
    if seen.st_nlink > 1:
        raise BundleError(f"a hard link: the file has {seen.st_nlink} names")
    if seen.st_size > most:
        raise BundleError(f"{seen.st_size} bytes; {most} are allowed")


class _Walk:
    """One way through the directory."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.folders: set[str] = set()
        self.findings: list[str] = []
        self.room = ALTOGETHER

    def into(self, folder: int, above: str, depth: int) -> None:
        """Read everything in the open directory, and below."""
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries)
        for name in names:
            path = f"{above}{name}"
            if len(self.files) + len(self.folders) + len(self.findings) >= MOST_FILES:
                self.findings.append(f"more than {MOST_FILES} files")
                return
            try:
                self._one(folder, name, path, depth)
            except BundleError as error:
                self.findings.append(f"{shown(path)}: {error}")
            except OSError as error:
                self.findings.append(f"{shown(path)}: {error.strerror}")

    def _one(self, folder: int, name: str, path: str, depth: int) -> None:
        if not name.isprintable() or "\\" in name:  # half characters of a name that is not UTF-8 are not printable
            raise BundleError("a name with characters that no file of a bundle has")
        if stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
            if depth >= DEEPEST:
                raise BundleError("a directory too deep")
            self.folders.add(path)
            below = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)
            try:
                self.into(below, f"{path}/", depth + 1)
            finally:
                os.close(below)
            return
        content = _content(folder, name, LARGEST_ATTACHED if path in ATTACHED else min(LARGEST, self.room))
        self.room -= len(content)
        self.files[path] = content


def opened(folder: Path) -> Opened:
    """Everything in the directory. Raises BundleError if it cannot be read, or has no manifest."""
    walk = _Walk()
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise BundleError(f"{shown(str(folder))}: {error.strerror}") from None
    try:
        if MANIFEST not in os.listdir(handle):  # noqa: PTH208  # of the open directory
            raise BundleError(f"{shown(str(folder))}: no bundle: it has no {MANIFEST}")
        walk.into(handle, "", 1)
    finally:
        os.close(handle)
    return Opened(walk.files, frozenset(walk.folders), tuple(walk.findings))


def listing(content: bytes) -> tuple[dict[str, Listed], str, str]:
    """What a manifest lists, when it was made, and the digest of the manifest before it. Raises BundleError."""
    data = parse(content, MANIFEST)
    wrong = BundleError(f"{MANIFEST}: not of the form that its format has")
    if not isinstance(data, dict) or data.keys() != {"format", "created", "previous", "files"}:
        raise wrong
    if data["format"] != FORMAT:
        raise BundleError(f"{MANIFEST}: its format is not {FORMAT}")
    files, before = data["files"], data["previous"] or {"manifest_sha256": ""}
    if not isinstance(files, dict) or not isinstance(before, dict) or before.keys() != {"manifest_sha256"}:
        raise wrong
    found = {}
    for name, one in files.items():
        if not isinstance(one, dict) or one.keys() != {"sha256", "bytes"}:
            raise wrong
        if not isinstance(one["sha256"], str) or type(one["bytes"]) is not int:
            raise wrong
        found[name] = Listed(one["sha256"], one["bytes"])
    if not isinstance(data["created"], str) or not isinstance(before["manifest_sha256"], str):
        raise wrong
    if (
        content
        != (json.dumps({**data, "files": dict(sorted(files.items()))}, indent=1, ensure_ascii=False) + "\n").encode()
    ):
        raise BundleError(f"{MANIFEST}: not written as the suite writes it")
    return found, data["created"], before["manifest_sha256"]


def differences(seen: Opened, listed: dict[str, Listed]) -> list[str]:
    """What the directory has otherwise than its manifest says: missing, extra, changed."""
    found = [f"{shown(name)}: missing" for name in listed.keys() - seen.files.keys()]
    found += [
        f"{shown(name)}: not in the manifest" for name in seen.files.keys() - listed.keys() - {MANIFEST, *ATTACHED}
    ]
    for name in {MANIFEST, *ATTACHED} & listed.keys():
        found.append(f"{name}: a manifest does not list it")
    needed = {name.rsplit("/", count)[0] for name in listed for count in range(1, name.count("/") + 1)}
    found += [f"{shown(name)}/: a directory that is not in the manifest" for name in seen.folders - needed]
    for name, one in listed.items():
        content = seen.files.get(name)
        if content is not None and (sha256(content), len(content)) != (one.sha256, one.bytes):
            found.append(f"{shown(name)}: its content is not what the manifest says")
    return sorted(found)
