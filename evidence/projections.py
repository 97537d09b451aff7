"""All that is made of the evidence document, and of nothing else: the same document gives the same bytes."""

from collections.abc import Mapping
from typing import Any

from evidence.junit import JUNIT, junit
from evidence.markdown import summary
from evidence.record import EVIDENCE, written
from evidence.report import REPORT, report
from evidence.traceability import traceability


def projections(document: Mapping[str, Any]) -> dict[str, bytes]:
    """The files that are projected from the document, by name, and the document itself."""
    return {
        EVIDENCE: written(document),
        REPORT: report(document),
        JUNIT: junit(document),
        "summary.md": summary(document).encode(),
        "traceability.json": traceability(document),
    }
