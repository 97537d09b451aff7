"""Loads the suite's fixtures; everything else is in fixtures/."""

pytest_plugins = (
    "fixtures.options",
    "fixtures.server",
    "fixtures.databases",
    "fixtures.sessions",
    "fixtures.organisations",
    "fixtures.long_ledger",
    "fixtures.hypothesis_profiles",
    "fixtures.failures",
    "fixtures.verdicts",
)
