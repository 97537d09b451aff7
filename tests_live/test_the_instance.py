"""RDS: the instance is the documented one, or larger; what is about to be changed counts as changed."""

import re

import pytest

from spec.rds import RDS
from support.parameters import at_least_small, now_and_soon
from support.servers import out_of_order

INSTANCE = RDS["instance"]


@pytest.mark.guarantee("RDS-01")
def test_the_engine_is_postgresql_15(account):
    engine, version = account.instance["Engine"], account.instance["EngineVersion"]
    assert engine == INSTANCE["engine"], f"the engine is {engine}"
    assert re.match(rf"{INSTANCE['major']}(\.|$)", version), f"the version is {version}"


@pytest.mark.guarantee("RDS-02")
def test_the_class_is_large_enough(account):
    for found in now_and_soon(account.instance, "DBInstanceClass"):
        assert at_least_small(found), f"the class is, or is about to be, {found}, smaller than {INSTANCE['class']}"


@pytest.mark.guarantee("RDS-03")
def test_the_storage_is_large_enough_and_of_the_documented_type(account):
    least, most = INSTANCE["storage_gb"]
    for size in now_and_soon(account.instance, "AllocatedStorage"):
        assert least <= size <= most, f"{size} GB are, or are about to be, allocated, not {least} to {most}"
    for kind in now_and_soon(account.instance, "StorageType"):
        assert kind == INSTANCE["storage_type"], (
            f"the storage is, or is about to be, {kind}, not {INSTANCE['storage_type']}"
        )


@pytest.mark.guarantee("RDS-04")
def test_the_storage_grows_by_itself(account):
    limit = account.instance.get("MaxAllocatedStorage")
    assert limit, "autoscaling of the storage is off"
    assert limit == INSTANCE["max_storage_gb"], f"the storage grows up to {limit} GB, not {INSTANCE['max_storage_gb']}"


@pytest.mark.guarantee("RDS-05")
def test_a_standby_waits_in_a_second_zone(account):
    assert all(now_and_soon(account.instance, "MultiAZ")), "Multi-AZ is off, or about to be switched off"


@pytest.mark.guarantee("RDS-06")
def test_the_database_is_called_as_documented(account):
    assert account.instance.get("DBName") == RDS["database"]["name"], f"it is called {account.instance.get('DBName')}"


@pytest.mark.guarantee("RDS-07")
def test_the_master_user_is_called_as_documented(account):
    assert account.instance["MasterUsername"] == INSTANCE["master"], (
        f"it is called {account.instance['MasterUsername']}"
    )


@pytest.mark.guarantee("RDS-08")
def test_the_instance_listens_on_the_documented_port(account):
    endpoint = account.instance.get("Endpoint") or {}
    for port in [*filter(None, [endpoint.get("Port")]), *now_and_soon(account.instance, "Port")[1:]]:
        assert port == INSTANCE["port"], f"it listens, or is about to listen, on {port}"
    if not endpoint:
        pytest.skip("the instance has no endpoint: it is being made")


@pytest.mark.guarantee("RDS-09")
def test_the_instance_is_protected_against_deletion(account):
    assert account.instance.get("DeletionProtection"), "deletion protection is off"


@pytest.mark.guarantee("RDS-11")
def test_the_instance_works(account):
    status = account.instance["DBInstanceStatus"]
    if status != "incompatible-parameters":  # PRM-02
        assert not out_of_order(status), f"the instance is {status}"
