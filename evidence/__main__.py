"""`python -m evidence`: sign, verify and compare bundles of evidence.

Exit codes: 0 nothing is wrong, 1 something was found, 4 usage (arguments, directories, keys), 130 Ctrl-C.
"""

import argparse
import os
import sys
from typing import Any, Final, NoReturn

from evidence import oscal_command as oscal
from evidence.diff import command as diff
from evidence.inert import line
from evidence.manifest import BundleError
from evidence.sign import checkpoint
from evidence.sign import command as sign
from evidence.sign.keys import KeyUnusableError
from evidence.sign.timestamp import TimestampError
from evidence.verify import command as verify

FOUND: Final = 1
USAGE: Final = 4
INTERRUPTED: Final = 130


class _Parser(argparse.ArgumentParser):
    """Usage errors in one line, with exit code 4."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, line(f"{self.prog}: {message} (--help explains)", 600) + "\n")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    whole = _Parser(
        prog="python -m evidence",
        description="Sign, verify and compare the bundles that `pytest --evidence DIR` writes.",
        epilog="Exit codes: 0 nothing is wrong, 1 something was found, 4 usage, 130 Ctrl-C. docs/evidence.md explains.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands: Any = whole.add_subparsers(
        metavar="sign|verify|diff|oscal|sign-checkpoint|verify-checkpoint", required=True, parser_class=_Parser
    )
    for command in (sign, verify, diff, checkpoint):
        command.add(commands)
    oscal.add_parser(commands)
    return whole


def main(arguments: list[str] | None = None) -> int:
    """Run a command. Returns the exit code."""
    given = parser().parse_args(arguments)
    try:
        code: int = given.run(given)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return FOUND
    except (BundleError, KeyUnusableError, TimestampError, OSError) as error:
        print(line(f"python -m evidence: {error}", 600), file=sys.stderr)
        return USAGE
    except ModuleNotFoundError as error:
        print(f"python -m evidence: {error.name} is not installed: pip install -r requirements.txt", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print("python -m evidence: interrupted", file=sys.stderr)
        return INTERRUPTED
    return code


if __name__ == "__main__":
    sys.exit(main())
