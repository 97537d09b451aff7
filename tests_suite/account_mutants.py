"""One thing wrong with the instance at a time, and the guarantee that it breaks."""

from datetime import timedelta

from tests_suite import account_changes as c

MUTANTS = {
    "RDS-01": {
        "another engine": c.field("i", engine="mysql"),
        "version 14": c.field("i", engine_version="14.12"),
        "version 16": c.field("i", engine_version="16.3"),
        "version 150": c.field("i", engine_version="150.1"),
    },
    "RDS-02": {
        "a micro class": c.field("i", db_instance_class="db.t3.micro"),
        "a micro class is coming": c.field("i", pending_modified_values={"DBInstanceClass": "db.t4g.micro"}),
    },
    "RDS-03": {
        "too little storage": c.field("i", allocated_storage=50),
        "gp2": c.field("i", storage_type="gp2"),
        "gp2 is coming": c.field("i", pending_modified_values={"StorageType": "gp2"}),
    },
    "RDS-04": {
        "no autoscaling": c.field("i", max_allocated_storage=100),
        "another limit": c.field("i", max_allocated_storage=200),
    },
    "RDS-05": {
        "a single zone": c.field("i", multi_az=False),
        "a second zone is only coming": c.field("i", multi_az=False, pending_modified_values={"MultiAZ": True}),
        "a single zone is coming": c.field("i", pending_modified_values={"MultiAZ": False}),
    },
    "RDS-06": {"another database": c.field("i", db_name="postgres"), "no database": c.field("i", db_name=None)},
    "RDS-07": {"another master": c.field("i", master_username="postgres")},
    "RDS-08": {"another port is coming": c.field("i", pending_modified_values={"Port": 5433})},
    "RDS-09": {"no protection": c.field("i", deletion_protection=False)},
    "RDS-11": {
        status: c.field("i", status=status)
        for status in (
            "stopped",
            "failed",
            "storage-full",
            "inaccessible-encryption-credentials",
            "incompatible-network",
        )
    },
    "PRM-01": {"another family": lambda sim, s: c.group(sim, s, family="postgres14")},
    "PRM-02": {
        "a restart is pending": c.field("i", parameter_apply_status="pending-reboot"),
        "incompatible": c.field("i", status="incompatible-parameters"),
    },
    "PRM-03": {"100": c.parameter("max_connections", "100"), "not set": c.parameter("max_connections", None)},
    "PRM-04": {
        "none": c.parameter("log_statement", "none"),
        "not set": c.parameter("log_statement", None),
    },
    "PRM-05": {
        "off": c.parameter("log_min_duration_statement", "-1"),
        "five seconds": c.parameter("log_min_duration_statement", "5000"),
        "not set": c.parameter("log_min_duration_statement", None),
        "with a unit": c.parameter("log_min_duration_statement", "1s"),
    },
    "PRM-06": {
        "the document's formula": c.parameter("shared_buffers", "{DBInstanceClassMemory/4}"),
        "half": c.parameter("shared_buffers", "{DBInstanceClassMemory/16384}"),
        "an eighth": c.parameter("shared_buffers", "{DBInstanceClassMemory/65536}"),
        "16 MB": c.parameter("shared_buffers", "2048"),
        "an eighth of a large class": lambda sim, s: c.large_in_numbers(sim, s, shared_buffers="2097152"),
        "not set": c.parameter("shared_buffers", None),
    },
    "PRM-07": {
        "the document's formula": c.parameter("effective_cache_size", "{DBInstanceClassMemory*3/4}"),
        "half": c.parameter("effective_cache_size", "{DBInstanceClassMemory/16384}"),
        "not set": c.parameter("effective_cache_size", None),
    },
    "PRM-08": {"4 MB": c.parameter("work_mem", "4096"), "16 kB": c.parameter("work_mem", "16")},
    "PRM-09": {"16 MB": c.parameter("wal_buffers", "2048"), "automatic": c.parameter("wal_buffers", "-1")},
    "PRM-10": {
        "half": c.parameter("checkpoint_completion_target", "0.5"),
        "per cent": c.parameter("checkpoint_completion_target", "90"),
    },
    "PRM-13": {
        "replica": c.parameter("session_replication_role", "replica"),
        "in capitals": c.parameter("session_replication_role", "REPLICA"),
    },
    "BAK-01": {
        "three days": c.field("i", backup_retention_period=3),
        "none are coming": c.field("i", pending_modified_values={"BackupRetentionPeriod": 0}),
    },
    "BAK-02": {
        "at noon": c.field("i", preferred_backup_window="12:00-13:00"),
        "half an hour later": c.field("i", preferred_backup_window="03:30-04:30"),
        "from the evening on": c.field("i", preferred_backup_window="23:30-03:30"),
    },
    "BAK-03": {
        "two days old": c.older("automated_snapshot", days=2),
        "not finished": c.snapshot("automated_snapshot", status="creating"),
        "none": lambda sim, s: sim.backend("rds").database_snapshots.pop(s.automated_snapshot),
    },
    "BAK-04": {
        "an hour ago": c.field("i", restorable_age=timedelta(hours=1)),
        "never": c.field("i", restorable_age=None),
    },
    "BAK-05": {
        "the manual one in plain": c.snapshot("manual_snapshot", encrypted=False),
        "the automated one in plain": c.snapshot("automated_snapshot", encrypted=False),
        "shared with everybody": c.shared("all"),
        "shared with another account": c.shared("210987654321"),
    },
    "BAK-06": {
        "none": lambda sim, s: sim.backend("rds").database_snapshots.pop(s.manual_snapshot),
        "failed": c.snapshot("manual_snapshot", status="failed"),
        "of a predecessor": c.snapshot("manual_snapshot", dbi_resource_id="db-OFANOTHERINSTANCE"),
    },
    "REP-01": {
        "replication has ended": c.not_replicating,
        "stopped": c.field("r", status="stopped"),
        "being deleted": c.field("r", status="deleting"),
        "a second one has failed": c.another_replica(status="failed"),
    },
    "REP-02": {
        "a micro class": c.field("r", db_instance_class="db.t3.micro"),
        "a micro class of the replica's replica": c.another_replica("replica", db_instance_class="db.t3.micro"),
    },
    "REP-03": {"two zones": c.field("r", multi_az=True)},
    "MNT-01": {
        "on Mondays": c.field("i", preferred_maintenance_window="mon:04:00-mon:05:00"),
        "half an hour later": c.field("i", preferred_maintenance_window="sun:04:30-sun:05:30"),
    },
    "MNT-02": {"by hand": c.field("i", auto_minor_version_upgrade=False)},
    "MNT-04": {
        "autovacuum off": c.parameter("autovacuum", "0"),
        "autovacuum off in words": c.parameter("autovacuum", "off"),
        "nothing counted": c.parameter("track_counts", "0"),
    },
    "MNT-03": {"version 16 is coming": c.field("i", pending_modified_values={"EngineVersion": "16.3"})},
}
