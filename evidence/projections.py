"""All that is made of the evidence document, and of nothing else: the same document gives the same bytes."""

import json
from collections.abc import Mapping
from typing import Any

from evidence.markdown import summary
from evidence.record import EVIDENCE
from evidence.traceability import traceability


def projections(document: Mapping[str, Any]) -> dict[str, bytes]:
    """The files that are projected from the document, by name, and the document itself."""
    return {
        EVIDENCE: (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode(),
        "summary.md": summary(document).encode(),
        "traceability.json": traceability(document),
    }
