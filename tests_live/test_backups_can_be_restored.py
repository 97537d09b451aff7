"""BAK: backups are taken, kept, recent, and seen by nobody else."""

from datetime import timedelta

import pytest

from spec.rds import RDS
from support.parameters import now_and_soon
from support.windows import daily, lies_within

NEWEST = timedelta(hours=RDS["backups"]["newest_snapshot_hours"])
RESTORABLE = timedelta(minutes=RDS["backups"]["restorable_minutes"])


@pytest.mark.guarantee("BAK-01")
def test_backups_are_kept_long_enough(account):
    for days in now_and_soon(account.instance, "BackupRetentionPeriod"):
        assert days >= RDS["instance"]["backup_days"], f"backups are kept, or about to be kept, for {days} days"


@pytest.mark.guarantee("BAK-02")
def test_the_backup_is_taken_at_the_documented_hour(account):
    window, wanted = account.instance.get("PreferredBackupWindow", ""), RDS["instance"]["backup_window"]
    assert lies_within(daily(window), daily(wanted)), f"the backup window is {window} UTC, not {wanted}"


@pytest.mark.guarantee("BAK-03")
def test_the_newest_automated_snapshot_is_recent(account):
    automated = [
        snapshot
        for snapshot in account["snapshots"]
        if snapshot["SnapshotType"] == "automated"
        and snapshot["Status"] == "available"
        and snapshot["DBInstanceIdentifier"] == account.instance_id
        and snapshot.get("DbiResourceId") in (None, "", account.instance.get("DbiResourceId"))
        and snapshot["SnapshotCreateTime"] >= account.instance.get("InstanceCreateTime", snapshot["SnapshotCreateTime"])
    ]
    assert automated, "there is no automated snapshot that could be restored"
    newest = max(automated, key=lambda snapshot: snapshot["SnapshotCreateTime"])
    age = account.age(newest["SnapshotCreateTime"])
    assert age <= NEWEST, f"the newest automated snapshot, {newest['DBSnapshotIdentifier']}, is {age} old"


@pytest.mark.guarantee("BAK-04")
def test_point_in_time_recovery_reaches_to_the_present(account):
    latest = account.instance.get("LatestRestorableTime")
    assert latest, "there is no point in time to recover to: backups are off, or the first is not finished"
    age = account.age(latest)
    assert age <= RESTORABLE, f"recovery reaches to {latest:%Y-%m-%d %H:%M:%S} UTC, {age} before the account was read"


@pytest.mark.guarantee("BAK-05")
def test_every_snapshot_is_encrypted(account):
    plain = [snapshot["DBSnapshotIdentifier"] for snapshot in account["snapshots"] if not snapshot.get("Encrypted")]
    assert not plain, f"not encrypted: {', '.join(plain)}"


@pytest.mark.guarantee("BAK-05")
def test_every_snapshot_is_private_to_the_account(account):
    names = [one["DBSnapshotIdentifier"] for one in account["snapshots"] if one.get("SnapshotType") != "automated"]
    shared = {
        name: who
        for name in names
        if (who := [id_ for id_ in account[f"access/{name}"] or [] if id_ != account.account_id])
    }
    assert not shared, "; ".join(
        f"{name} can be restored by {'everybody' if 'all' in who else 'the account ' + ', '.join(who)}"
        for name, who in shared.items()
    )


@pytest.mark.guarantee("BAK-06")
def test_a_manual_snapshot_is_available(account):
    manual = [
        snapshot["Status"]
        for snapshot in account["snapshots"]
        if snapshot["SnapshotType"] == "manual" and snapshot["DBInstanceIdentifier"] == account.instance_id
    ]
    assert "available" in manual, f"manual snapshots of the instance: {', '.join(manual) or 'none'}"
