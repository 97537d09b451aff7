"""A ledger in memory as a source of the audit."""

from audit.batch import Batch
from audit.classify import Linked


def encoded(entry):
    return tuple(None if field is None else field.encode("utf-8", "surrogatepass") for field in entry)


class Listed:
    """Entries in any order, `size` at a time. `rows`: what they look like as bytes, by identity, if that is known."""

    def __init__(self, entries, size=100, rows=None):
        self._entries, self._size, self._rows = entries, size, rows or {}

    def units(self, parts, *, small):  # noqa: ARG002
        return [(start, start + self._size) for start in range(0, len(self._entries), self._size)]

    def batches(self, unit):
        match unit:
            case ("organisation", organisation):
                entries = [entry for entry in self._entries if entry.organisation_id == organisation]
            case (start, end):
                entries = self._entries[start:end]
        rows = [self._rows.get(id(entry)) or encoded(entry) for entry in entries]
        if rows:
            yield Batch(*zip(*rows, strict=True))

    def links(self, organisations):
        for entry in self._entries:
            if entry.organisation_id in organisations:
                yield entry.organisation_id, Linked(entry.id, entry.prev_entry_hash, entry.entry_hash)

    def fingerprint(self):
        return "in memory"
