"""What the status of an RDS instance says."""

from typing import Final

# Everything else (backing-up, modifying, upgrading, rebooting, ...) is work that ends by itself.
_OUT_OF_ORDER: Final = (
    "deleting",
    "delete-precheck",
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
