"""Plain functions around a server, a candidate and a ledger; nothing here knows pytest."""
