"""BAK: backups are taken, kept, recent, and seen by nobody else."""

from datetime import timedelta

import pytest

from spec.rds import RDS
from support.judged import nothing_wrong
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


def own(account, kind):
    """The snapshots of this kind that are the instance's own, not a predecessor's of the same name. May skip."""
    snapshots, unread = account.partly("snapshots", account.instance_id)
    if unread:
        pytest.skip(unread)
    resource = account.instance.get("DbiResourceId")
    return [
        snapshot
        for snapshot in snapshots
        if snapshot["SnapshotType"] == kind
        and snapshot["DBInstanceIdentifier"] == account.instance_id
        and snapshot.get("DbiResourceId") in (None, "", resource)
    ]


@pytest.mark.guarantee("BAK-03")
def test_the_newest_automated_snapshot_is_recent(account):
    begun = account.instance.get("InstanceCreateTime")
    automated = [
        snapshot
        for snapshot in own(account, "automated")
        if snapshot["Status"] == "available" and (not begun or snapshot["SnapshotCreateTime"] >= begun)
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
    snapshots, unread = account.partly("snapshots")

    def plain(snapshot):
        if not snapshot.get("Encrypted"):
            yield f"{snapshot['DBSnapshotIdentifier']} is not encrypted"

    nothing_wrong(snapshots, plain, unread)


@pytest.mark.guarantee("BAK-05")
def test_every_snapshot_is_private_to_the_account(account):
    snapshots, unread = account.partly("snapshots")

    def shared(snapshot):
        name = snapshot["DBSnapshotIdentifier"]
        if snapshot.get("SnapshotType") == "automated":
            return
        who = [id_ for id_ in account[f"access/{name}"] or [] if id_ != account.account_id]
        if who:
            yield f"{name} can be restored by {'everybody' if 'all' in who else 'the account ' + ', '.join(who)}"

    nothing_wrong(snapshots, shared, unread)


@pytest.mark.guarantee("BAK-06")
def test_a_manual_snapshot_is_available(account):
    manual = [snapshot["Status"] for snapshot in own(account, "manual")]
    assert "available" in manual, f"manual snapshots of the instance: {', '.join(manual) or 'none'}"
