"""Bundles for tests of `python -m evidence`: copied, changed, given a right manifest again, verified in this process."""

import contextlib
import io
import json
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from evidence.__main__ import main
from evidence.manifest import ATTACHED, MANIFEST, manifest
from evidence.opened import opened
from evidence.projections import projections
from evidence.verify.outcome import Outcome
from evidence.verify.steps import Wanted, verify


@dataclass(frozen=True)
class Bundle:
    """A bundle in a directory of its own."""

    folder: Path

    def copy(self, to: Path) -> "Bundle":
        """The same elsewhere, bytes for bytes."""
        shutil.copytree(self.folder, to, symlinks=True)
        return Bundle(to)

    @property
    def names(self) -> list[str]:
        """Every file, by its path in the bundle."""
        return sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file())

    def document(self) -> dict:
        """evidence.json."""
        return json.loads((self.folder / "evidence.json").read_text())

    def listed_anew(self, **told: object) -> None:
        """Write a manifest that is right for what stands there now; `told` replaces what it says."""
        before = json.loads((self.folder / MANIFEST).read_text())
        names = [name for name in self.names if name not in (MANIFEST, *ATTACHED)]
        content = json.loads(
            manifest({name: (self.folder / name).read_bytes() for name in names}, None, before["created"])
        )
        content |= {"previous": before["previous"], **told}
        (self.folder / MANIFEST).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")

    def write(self, name: str, content: bytes) -> None:
        """Replace or add a file, with a right manifest."""
        (self.folder / name).write_bytes(content)
        self.listed_anew()

    def tell(self, document: dict) -> None:
        """Replace evidence.json and all that is made of it, with a right manifest: one lie, told everywhere."""
        for name, content in projections(document).items():
            (self.folder / name).write_bytes(content)
        self.listed_anew()

    def verified(self, **wanted: object) -> Outcome:
        """What verify finds."""
        return verify(opened(self.folder), replace(Wanted(now=datetime.now(UTC)), **wanted))

    def found(self, **wanted: object) -> str:
        """The findings, a line each."""
        return "\n".join(self.verified(**wanted).findings)


def called(*arguments: object) -> tuple[int, str, str]:
    """`python -m evidence` in this process: exit code, output, errors."""
    output, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        try:
            code = main([*map(str, arguments)])
        except SystemExit as left:
            code = int(left.code or 0)
    return code, output.getvalue(), errors.getvalue()
