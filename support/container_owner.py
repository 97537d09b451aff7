"""Whose a container is, by its label; the removal of those whose owner is gone."""

import contextlib
import os
import platform
from pathlib import Path
from typing import Any, Final

from docker.errors import APIError

from support.guard import alive

LABEL: Final = "amply-compliance.owner"


def _name(pid: int) -> str:
    """Names a process where numbers come again and machines share a Docker: boot and namespace, number, start."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        started = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
        return f"{boot}.{Path('/proc/self/ns/pid').stat().st_ino}/{pid}/{started}"
    except OSError:
        return f"{platform.node()}/{pid}/"


def owner_label() -> dict[str, str]:
    """The label that says: ours, as long as this process runs."""
    return {LABEL: _name(os.getpid())}


def _is_gone(owner: str) -> bool:
    """Whether the owner was a process that we would see here, and do not."""
    place, pid, _ = (*owner.split("/"), "", "")[:3]
    if place != _name(os.getpid()).partition("/")[0] or not pid.isdigit():
        return False
    return not alive(int(pid)) or _name(int(pid)) != owner


def remove_leftovers(client: Any) -> None:
    """Remove the containers of runs that are gone. `client`: a docker.DockerClient. Raises docker.errors.APIError."""
    for container in client.containers.list(all=True, filters={"label": LABEL}, ignore_removed=True):
        if _is_gone(container.labels[LABEL]):
            with contextlib.suppress(APIError):  # somebody else is removing it
                container.remove(force=True, v=True)
