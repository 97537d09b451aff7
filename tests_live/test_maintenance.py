"""MNT: when maintenance happens, and what it may install."""

import pytest

from spec.rds import RDS
from support.parameters import is_off
from support.windows import lies_within, weekly


@pytest.mark.guarantee("MNT-01")
def test_maintenance_happens_at_the_documented_hour(account):
    window, wanted = account.instance.get("PreferredMaintenanceWindow", ""), RDS["instance"]["maintenance_window"]
    assert lies_within(weekly(window), weekly(wanted)), f"the maintenance window is {window} UTC, not {wanted}"


@pytest.mark.guarantee("MNT-02")
def test_minor_versions_are_installed_automatically(account):
    assert account.instance.get("AutoMinorVersionUpgrade"), "minor versions are not installed automatically"


@pytest.mark.guarantee("MNT-03")
def test_no_other_major_version_is_scheduled(account):
    coming = (account.instance.get("PendingModifiedValues") or {}).get("EngineVersion")
    major = account.instance["EngineVersion"].partition(".")[0]
    assert not coming or coming.partition(".")[0] == major, f"an upgrade to version {coming} is scheduled"


@pytest.mark.guarantee("MNT-04")
def test_the_parameter_group_leaves_autovacuum_on(account):
    for group, parameters in account.parameters(account.instance).items():
        off = [name for name in ("autovacuum", "track_counts") if is_off(parameters.get(name))]
        assert not off, f"{' and '.join(off)} is off in the group {group}"
