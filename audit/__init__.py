"""The ledger's hash and, later, the audit of whole chains. Imports nothing of ours."""

from audit.canonical import canonical_json, canonical_text, forms
from audit.entry_hash import entry_hash

__all__ = ["canonical_json", "canonical_text", "entry_hash", "forms"]
