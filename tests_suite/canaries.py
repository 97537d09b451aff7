"""Canary secrets: planted wherever a secret can come in, and looked for in every byte that a run leaves, however encoded.

A canary is a lower-case core between signs that every encoding writes in its own way. What is looked for is the core: URL,
JSON and HTML escapes leave it as it is, so one search finds them all, and half a secret is found too.
"""

import base64
import secrets
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

SIGNS = '%é/+&<"@:'


class Canaries(dict):
    """Secrets by the place that they were planted in; each is made when it is asked for first."""

    def __init__(self):
        super().__init__()
        self.cores = {}

    def make(self, name, signs=SIGNS):
        """A new one under this name; with `signs=""` it can be an identifier."""
        self.cores[name] = f"kanari{secrets.token_hex(7)}"
        self[name] = f"{self.cores[name]}{signs}"
        return self[name]

    def __missing__(self, name):
        return self.make(name)

    def forget(self, name):
        """It is no part of this run."""
        del self[name], self.cores[name]

    def quoted(self, name):
        """As it stands in a URL."""
        return quote(self[name], safe="")

    def found(self, places):
        """Every canary in these bytes by place, as `canary in place, encoding`."""
        return sorted(
            f"{name} in {place}, {encoding}"
            for place, content in places.items()
            for name, core in self.cores.items()
            for encoding, trace in _traces(core).items()
            if trace in content
        )


def _traces(core):
    """The core as each encoding leaves it, whatever stands around it."""
    raw = core.encode()
    found = {"plain": raw, "hex": raw.hex().encode(), "HEX": raw.hex().upper().encode()}
    found |= {
        "UTF-16-LE": core.encode("utf-16-le"),
        "UTF-16-BE": core.encode("utf-16-be"),
        "upper case": core.upper().encode(),
    }
    for shift in range(3):  # by where it begins in a group of three bytes
        whole = base64.b64encode(b"\0" * shift + raw)
        found[f"base64+{shift}"] = whole[4 if shift else 0 : len(whole) // 4 * 4 - 4]
    return found


def files_below(*folders):
    """The content of every file, by its path; names of files count as well."""
    found = {}
    for folder in folders:
        for path in [folder] if folder.is_file() else folder.rglob("*"):
            name = str(path.relative_to(folder.parent))
            found[f"the name {name}"] = name.encode()
            if path.is_file():
                found[name] = path.read_bytes()
    return found


def command_lines(pid):
    """The command lines of the processes below this one; one that is only being started still has this one's own."""
    found, below, own = {}, [pid], b""
    with suppress(OSError):
        own = Path(f"/proc/{pid}/cmdline").read_bytes()
    while below:
        parent = below.pop()
        with suppress(OSError):
            for tasks in Path(f"/proc/{parent}/task").iterdir():
                children = [int(one) for one in (tasks / "children").read_text().split()]
                below += children
                for child in children:
                    with suppress(OSError):
                        found[f"command line of {child}"] = Path(f"/proc/{child}/cmdline").read_bytes()
    return {name: line for name, line in found.items() if line != own}
