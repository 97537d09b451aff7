"""A small process that cleans up after us, whatever way we end: it outlives even SIGKILL of the run.

The run writes what it owns to the guard's standard input, one line each (`pid 123`, `dir /path`, `container ID`). When
that pipe closes, because the run closed it or because the run is gone, the guard ends the processes, removes the
containers and the directories, and exits. It lives in a session of its own: Ctrl-C does not reach it.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

PATIENCE = 10.0  # seconds a server gets to end after SIGQUIT, before SIGKILL


class Guard:
    """The run's end of the pipe."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()

    def owns_process(self, pid: int) -> None:
        """From now on `pid` ends with the run (SIGQUIT, then SIGKILL)."""
        self._tell(f"pid {pid}")

    def owns_directory(self, path: Path) -> None:
        """From now on the directory `path` goes with the run."""
        self._tell(f"dir {path}")

    def owns_container(self, container_id: str) -> None:
        """From now on the Docker container goes with the run."""
        self._tell(f"container {container_id}")

    def close(self) -> None:
        """Let the guard clean up now, and wait until it has."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(3 * PATIENCE)


def alive(pid: int) -> bool:
    """Whether the process still runs; one that ended and waits for its parent does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return not Path("/proc/self").exists()


def born(pid: int) -> str:
    """When the process began, in the kernel's words; empty if it is gone, or where the kernel does not tell."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""


def end_process(pid: int) -> None:
    """SIGQUIT (a server's immediate shutdown), wait until it is gone, SIGKILL after PATIENCE seconds."""
    for sign, patience in ((signal.SIGQUIT, PATIENCE), (signal.SIGKILL, 1.0)):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, sign)
        deadline = time.monotonic() + patience
        while alive(pid) and time.monotonic() < deadline:
            time.sleep(0.005)  # not our child: there is nothing to wait on
        if not alive(pid):
            return


def _main() -> None:
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, signal.SIG_IGN)
    owned: dict[str, list[str]] = {"pid": [], "dir": [], "container": []}
    births: dict[str, str] = {}
    for line in sys.stdin:
        kind, _, what = line.rstrip("\n").partition(" ")
        if what and kind in owned:
            owned[kind].append(what)
            if kind == "pid":
                births[what] = born(int(what))
    for pid in owned["pid"]:
        if born(int(pid)) == births[pid]:  # not somebody else's, who got the number after ours had ended
            end_process(int(pid))
    for container in owned["container"]:
        with contextlib.suppress(OSError):
            subprocess.run(["docker", "rm", "--force", "--volumes", container], capture_output=True, check=False)
    for path in owned["dir"]:
        shutil.rmtree(path, ignore_errors=True)
        with contextlib.suppress(OSError):
            Path(path + ".lock").unlink()
            Path(path).parent.rmdir()  # unless another run is in it


if __name__ == "__main__":
    _main()
