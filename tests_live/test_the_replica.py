"""REP: a read replica follows the instance."""

import pytest

from spec.rds import RDS
from support.judged import nothing_wrong
from support.parameters import at_least_small, now_and_soon
from support.servers import out_of_order, staying


def replicas(account):
    """Those that were read, and why others were not."""
    found, unread = account.partly("replicas")
    if not found:
        pytest.skip(unread or "there is no replica to look at: REP-01")
    return found, unread


@pytest.mark.guarantee("REP-01")
def test_a_replica_follows_the_instance(account):
    found, unread = account.partly("replicas")
    following = [
        replica
        for replica in found
        if str(replica.get("ReadReplicaSourceDBInstanceIdentifier", "")).rpartition(":")[2] == account.instance_id
    ]
    assert following or unread, f"no read replica follows {account.instance_id}"

    def idle(replica):
        name, status = replica["DBInstanceIdentifier"], replica["DBInstanceStatus"]
        if out_of_order(status):
            yield f"the replica {name} is {status}"
        for info in replica.get("StatusInfos") or []:
            if info.get("StatusType") != "read replication":
                continue
            if not info.get("Normal", True) or info.get("Status") not in ("replicating", None):
                yield f"the replica {name} does not replicate: {info.get('Status')} {info.get('Message', '')}"

    nothing_wrong(staying(following), idle, unread)


@pytest.mark.guarantee("REP-02")
def test_the_class_of_the_replica_is_large_enough(account):
    def small(replica):
        for found in now_and_soon(replica, "DBInstanceClass"):
            if not at_least_small(found):
                least = RDS["instance"]["class"]
                yield f"the class of {replica['DBInstanceIdentifier']} is, or is about to be, {found}, smaller than {least}"

    nothing_wrong(replicas(account)[0], small, replicas(account)[1])


@pytest.mark.guarantee("REP-03")
def test_the_replica_stands_in_a_single_zone(account):
    def doubled(replica):
        if any(now_and_soon(replica, "MultiAZ")):
            yield f"{replica['DBInstanceIdentifier']} stands in two zones"

    nothing_wrong(replicas(account)[0], doubled, replicas(account)[1])
