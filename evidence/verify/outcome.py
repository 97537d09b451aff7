"""What was checked, and with what result."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from evidence.inert import line

_SHOWN: Final = 20  # findings of one check


@dataclass
class Check:
    """One check: its findings, remarks, and why it was not made, if it was not."""

    name: str
    said: str = ""
    findings: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    unchecked: str = ""

    @property
    def result(self) -> str:
        """found, not checked, or right."""
        return "found" if self.findings else "not checked" if self.unchecked else "right"


@dataclass
class Outcome:
    """All checks, in the order in which they were made."""

    checks: list[Check] = field(default_factory=list)

    def add(
        self, name: str, findings: Iterable[str] = (), said: str = "", remarks: Iterable[str] = (), unchecked: str = ""
    ) -> bool:
        """Note a check. Returns whether nothing was found."""
        self.checks.append(Check(name, said, [*findings], [*remarks], unchecked))
        return not self.checks[-1].findings

    @property
    def findings(self) -> list[str]:
        """Everything that is wrong."""
        return [finding for check in self.checks for finding in check.findings]

    @property
    def last(self) -> str:
        """The last line: the answer."""
        if self.findings:
            return "not verified"
        left = [check.name for check in self.checks if check.unchecked]
        return f"verified, but not checked: {', '.join(left)}" if left else "verified"

    def lines(self) -> list[str]:
        """A line per check, and under it what was found; nothing in them acts on a terminal."""
        found = []
        for check in self.checks:
            more = check.said if check.result == "right" else check.unchecked if check.result == "not checked" else ""
            found.append(f"{check.result:<11}  {check.name}{': ' * bool(more)}{line(more, 400)}")
            found += [f"  - {line(finding, 400)}" for finding in check.findings[:_SHOWN]]
            if len(check.findings) > _SHOWN:
                found.append(f"  - and {len(check.findings) - _SHOWN} more")
            found += [f"  . {line(remark, 400)}" for remark in check.remarks]
        return [*found, self.last]

    def as_data(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "format": "amply-compliance-verification/1",
            "verified": not self.findings,
            "answer": self.last,
            "checks": [
                {
                    "name": check.name,
                    "result": check.result,
                    "said": check.unchecked or check.said,
                    "findings": check.findings,
                    "remarks": check.remarks,
                }
                for check in self.checks
            ],
        }
