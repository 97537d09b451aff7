"""`python -m evidence oscal DIR [--output FILE]`: a bundle as OSCAL assessment results, checked before they are written."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from evidence.oscal import assessment_results
from evidence.oscal_check import NotInstalledError, faults_of_model, faults_of_references
from evidence.record import EVIDENCE, FORMAT

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]
INVALID, USAGE = 1, 4


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", type=Path, help="the bundle of evidence")
    parser.add_argument("--output", metavar="FILE", type=Path, help="where to write it (default: standard output)")
    parser.set_defaults(run=run)


def add_parser(subparsers: "Subparsers") -> None:
    """The subcommand `oscal`."""
    _arguments(subparsers.add_parser("oscal", help="OSCAL assessment results; needs requirements-oscal.txt"))


def _told(problem: str, code: int) -> int:
    sys.stderr.write(f"oscal: {problem}\n")
    return code


def run(arguments: argparse.Namespace) -> int:
    """Returns 0; 1 if what was made is not valid, which is our fault; 4 for no evidence, no package, nowhere to write."""
    file = arguments.folder / EVIDENCE
    try:
        document = json.loads(file.read_bytes())
        if document["format"] != FORMAT:
            return _told(f"{file}: its format is not {FORMAT}", USAGE)
        written = assessment_results(document)
    except OSError as error:
        return _told(f"{file}: {error.strerror}", USAGE)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        return _told(f"{file}: no evidence of this suite ({type(error).__name__})", USAGE)
    content = json.loads(written)
    try:
        faults = [*faults_of_model(content), *faults_of_references(content)]
    except NotInstalledError as error:
        return _told(str(error), USAGE)
    if faults:
        return _told("\n".join(["what was made is not valid OSCAL; this is a fault of the suite:", *faults]), INVALID)
    try:
        if arguments.output:
            arguments.output.write_bytes(written)
        else:
            sys.stdout.buffer.write(written)
    except OSError as error:
        return _told(f"{arguments.output}: {error.strerror}", USAGE)
    return 0


def main(words: list[str] | None = None) -> int:
    """The command by itself."""
    parser = argparse.ArgumentParser("python -m evidence.oscal_command", description=__doc__)
    parser.exit_on_error = False
    _arguments(parser)
    try:
        return run(parser.parse_args(words))
    except argparse.ArgumentError as error:
        return _told(str(error), USAGE)
    except SystemExit as left:  # what argparse itself ends with
        return USAGE if left.code else 0


if __name__ == "__main__":
    sys.exit(main())
