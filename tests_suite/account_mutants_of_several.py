"""Defects that break several guarantees, or leave others unchecked."""

from tests_suite import account_changes as c

SEVERAL = {  # what one defect breaks, and what can then not be looked at
    "no replica": (
        lambda sim, s: sim.client("rds").delete_db_instance(DBInstanceIdentifier=s.replica, SkipFinalSnapshot=True),
        {"REP-01"},
        {"REP-02", "REP-03", "SEC-08"},
    ),
    "the replica was promoted": (c.promoted, {"REP-01"}, {"REP-02", "REP-03", "SEC-08"}),
    "a secret is going": (
        lambda sim, s: sim.client("secretsmanager").delete_secret(
            SecretId=s.secrets["database-url"], RecoveryWindowInDays=7
        ),
        {"SEC-06"},
        {"SEC-08", "SEC-09", "SEC-10"},
    ),
    "a secret is gone": (
        lambda sim, s: sim.client("secretsmanager").delete_secret(
            SecretId=s.secrets["database-replica-url"], ForceDeleteWithoutRecovery=True
        ),
        {"SEC-06"},
        {"SEC-08", "SEC-09", "SEC-10"},
    ),
    "another group has the application's name": (c.namesake, set(), {"NET-02", "NET-03"}),
    **{
        f"only messages of {level} and above are written": (
            c.parameter("log_min_messages", level),
            {"PRM-04", "PRM-05"},
            set(),
        )
        for level in ("fatal", "panic")
    },
}
