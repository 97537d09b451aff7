"""What a recovery takes: measured in the drill, and extrapolated to the largest database that the design document allows."""

from dataclasses import asdict, dataclass
from typing import Any, Final

from spec.rds import RDS
from support.recovery.drill import Drill

RTO: Final = 4 * 3600  # seconds, "Disaster Recovery"
RPO: Final = 300
GIGABYTES: Final[int] = RDS["instance"]["max_storage_gb"]
LOG_GIGABYTES: Final = 10  # assumed: what the log of a day, between two snapshots, grows to
_GB: Final = 1 << 30


@dataclass(frozen=True)
class Times:
    """Seconds, extrapolated: every byte is taken for the ledger's, and rates for those of the machine that ran the drill."""

    gigabytes: int
    entries: int
    copying: float
    replaying: float
    redirecting: float
    auditing: float

    @property
    def total(self) -> float:
        return self.copying + self.replaying + self.redirecting + self.auditing

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**{name: round(value) for name, value in asdict(self).items()}, "total": round(self.total)}

    def __str__(self) -> str:
        parts = ", ".join(f"{name} {value / 3600:.2f} h" for name, value in list(asdict(self).items())[2:])
        return f"{self.total / 3600:.1f} h for {self.entries:,} entries in {self.gigabytes} GB ({parts})"


def extrapolated(drill: Drill, audit: float, redirecting: float) -> Times:
    """Times for GIGABYTES from the rates of the drill; `audit`: seconds an entry, `redirecting`: seconds of a login."""
    entries = GIGABYTES * _GB / max(drill.entry_bytes, 1)
    # Processor time, and the quickest restore of the drill: what else the machine did meanwhile is not the database's.
    copying = min(one.copy_work for one in drill.restores.values())
    replaying = min(one.replay_work for one in drill.restores.values())  # the start of a server is in it
    return Times(
        GIGABYTES,
        int(entries),
        GIGABYTES * _GB * copying / drill.backup_bytes,
        LOG_GIGABYTES * _GB * replaying / max(drill.log_bytes, 1),
        redirecting,
        entries * audit,
    )


def lost_seconds(drill: Drill) -> tuple[float, int]:
    """How long before the disaster the newest commit that came back was acknowledged, and how many entries did not."""
    found = drill.restore("latest").entries
    acknowledged = [one for one in drill.attempts if one.acknowledged is not None]
    back = [one.acknowledged or 0.0 for one in acknowledged if all(entry.id in found for entry in one.entries)]
    lost = sum(entry.id not in found for one in acknowledged for entry in one.entries)
    return drill.disaster - max(back, default=drill.target), lost
