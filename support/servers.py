"""What RDS says of a server's state, and of its parameter groups'."""

from collections.abc import Iterator
from typing import Final

from support.account import Json

# Everything else (backing-up, modifying, upgrading, rebooting, ...) is work that ends by itself.
_GOING: Final = ("deleting", "delete-precheck")
_OUT_OF_ORDER: Final = (
    *_GOING,
    "failed",
    "inaccessible-encryption-credentials",
    "inaccessible-encryption-credentials-recoverable",
    "incompatible-create",
    "incompatible-network",
    "incompatible-option-group",
    "incompatible-parameters",
    "incompatible-restore",
    "insufficient-capacity",
    "restore-error",
    "stopped",
    "stopping",
    "storage-full",
)


def out_of_order(status: str) -> bool:
    """Whether an instance of this status serves nobody, and will not without help."""
    return status in _OUT_OF_ORDER


def staying(servers: list[Json]) -> list[Json]:
    """Without those that are being deleted, unless all are."""
    return [server for server in servers if server.get("DBInstanceStatus") not in _GOING] or servers


def not_in_force(server: Json) -> Iterator[str]:
    """The parameter groups of a server that wait for a restart or cannot be applied, in words.

    What is being applied is work that ends by itself.
    """
    for group in server.get("DBParameterGroups", []):
        if group["ParameterApplyStatus"] not in ("in-sync", "applying"):
            name, status = group["DBParameterGroupName"], group["ParameterApplyStatus"]
            yield f"the group {name} of {server['DBInstanceIdentifier']} is {status}: what it says is not in force"
