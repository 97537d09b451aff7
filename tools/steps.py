"""How both drills are called, and how they tell what they are at."""

import argparse
import time
from typing import NoReturn

from support.redaction import redacted


class Parser(argparse.ArgumentParser):
    """Raises ArgumentError in place of ending the process: the drills have exit codes of their own."""

    def error(self, message: str) -> NoReturn:
        raise argparse.ArgumentError(None, message)


class Progress:
    """A line for each step, with the seconds since the beginning, without secrets."""

    def __init__(self) -> None:
        self._begun = time.monotonic()

    def __call__(self, what: str) -> None:
        print(f"{time.monotonic() - self._begun:7.1f} s  {redacted(what)}", flush=True)
