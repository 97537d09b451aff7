"""REP: a read replica follows the instance."""

import pytest

from spec.rds import RDS
from support.parameters import at_least_small, now_and_soon
from support.servers import out_of_order


def replicas(account):
    found = account.replicas
    if not found:
        pytest.skip("there is no replica to look at: REP-01")
    return found


@pytest.mark.guarantee("REP-01")
def test_a_replica_follows_the_instance(account):
    following = [
        replica
        for replica in account.replicas
        if str(replica.get("ReadReplicaSourceDBInstanceIdentifier", "")).rpartition(":")[2] == account.instance_id
    ]
    assert following, f"no read replica follows {account.instance_id}"
    for replica in following:
        name, status = replica["DBInstanceIdentifier"], replica["DBInstanceStatus"]
        assert not out_of_order(status), f"the replica {name} is {status}"
        for info in replica.get("StatusInfos") or []:
            if info.get("StatusType") == "read replication":
                replicates = info.get("Normal", True) and info.get("Status") in ("replicating", None)
                assert replicates, (
                    f"the replica {name} does not replicate: {info.get('Status')} {info.get('Message', '')}"
                )


@pytest.mark.guarantee("REP-02")
def test_the_class_of_the_replica_is_large_enough(account):
    for replica in replicas(account):
        for found in now_and_soon(replica, "DBInstanceClass"):
            name, least = replica["DBInstanceIdentifier"], RDS["instance"]["class"]
            assert at_least_small(found), f"the class of {name} is, or is about to be, {found}, smaller than {least}"


@pytest.mark.guarantee("REP-03")
def test_the_replica_stands_in_a_single_zone(account):
    for replica in replicas(account):
        assert not any(now_and_soon(replica, "MultiAZ")), f"{replica['DBInstanceIdentifier']} stands in two zones"
