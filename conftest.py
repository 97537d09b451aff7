"""Loads the suite's fixtures; everything else is in fixtures/. Its options are loaded before, by pytest.ini."""

pytest_plugins = (
    "fixtures.server",
    "fixtures.application",
    "fixtures.account",
    "fixtures.live_database",
    "fixtures.live_audit",
    "fixtures.databases",
    "fixtures.sessions",
    "fixtures.organisations",
    "fixtures.long_ledger",
    "fixtures.hypothesis_profiles",
    "fixtures.failures",
    "fixtures.bundled",
    "fixtures.verdicts",
    "fixtures.migrations",
    "fixtures.replica",
    "fixtures.recovery",
)
