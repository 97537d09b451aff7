"""Whether OSCAL is sound: NIST's model as compliance-trestle has it, and what that does not look at: where references lead."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

INSTALL = "pip install -r requirements-oscal.txt"


class NotInstalledError(Exception):
    """compliance-trestle is missing; the message says what to do."""


def _fields(value: Any) -> Iterator[tuple[str, Any]]:
    """Every field of the document, wherever it stands."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield name, one
            yield from _fields(one)
    elif isinstance(value, list):
        for one in value:
            yield from _fields(one)


def faults_of_references(content: Any) -> list[str]:
    """References that lead nowhere, UUIDs that stand for two things, findings about what was not reviewed."""
    fields = list(_fields(content))
    defined = Counter(value for name, value in fields if name == "uuid")
    faults = [f"{value} stands for {number} things" for value, number in defined.items() if number > 1]
    for name, value in fields:
        wanted = ""
        if name.endswith("-uuid"):
            wanted = value
        elif name == "href" and str(value).startswith("#"):
            wanted = value[1:]
        if wanted and wanted not in defined:
            faults.append(f"{name} {wanted} leads nowhere")
    reviewed = {value for name, value in fields if name == "objective-id"}
    faults += [
        f"target-id {value} was not reviewed" for name, value in fields if name == "target-id" and value not in reviewed
    ]
    return faults


def faults_of_model(content: Any) -> list[str]:
    """Where the content is not what NIST's model says. Raises NotInstalledError."""
    try:
        from pydantic import ValidationError  # noqa: PLC0415  # optional, and 0.6 s
        from trestle.oscal.assessment_results import Model  # noqa: PLC0415
    except ImportError as error:
        raise NotInstalledError(f"the package {error.name} is not installed: {INSTALL}") from None
    try:
        Model.model_validate(content)
    except ValidationError as error:
        return [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_input=False)]
    return []
