"""The ledger's hash and, later, the audit of whole chains. Imports nothing of ours."""

from audit.entry_hash import canonical_json, entry_hash

__all__ = ["canonical_json", "entry_hash"]
