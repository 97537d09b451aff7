"""SEC: storage and connections are encrypted, and credentials lie where they should, open to nobody else."""

from datetime import UTC, datetime

import pytest

from spec.rds import RDS
from support.policies import open_to_everybody

URLS = RDS["secrets"]["urls"]
EXPIRED = {"rds-ca-2019": datetime(2024, 8, 22, tzinfo=UTC)}  # authorities that RDS itself gives up on


def master(account):
    """The name of the master user's secret: RDS's own, or ours."""
    managed = account.instance.get("MasterUserSecret")
    return managed["SecretArn"] if managed else account.target.secret(RDS["secrets"]["master"])


def is_there(account, name):
    secret = account[f"secret/{name}"]
    assert secret, f"there is no secret {name}"
    assert not secret["DeletedDate"], f"the secret {name} is scheduled for deletion"
    assert secret["holds"] or name.startswith("arn:"), f"the secret {name} is empty"  # RDS fills its own


@pytest.mark.guarantee("SEC-01")
def test_every_server_is_encrypted_at_rest(account):
    plain = [server["DBInstanceIdentifier"] for server in account.servers if not server.get("StorageEncrypted")]
    assert not plain, f"not encrypted: {', '.join(plain)}"


@pytest.mark.guarantee("SEC-02")
def test_every_key_is_enabled(account):
    things = [*account.servers, *account["snapshots"]]
    for arn in sorted({thing["KmsKeyId"] for thing in things if thing.get("KmsKeyId")}):
        key = account[f"key/{arn}"]
        assert key, f"the key {arn} does not exist"
        assert key["KeyState"] in ("Enabled", "Updating"), f"the key {arn} is {key['KeyState']}"


@pytest.mark.guarantee("SEC-03")
def test_every_server_refuses_a_connection_without_tls(account):
    for server in account.servers:
        for name, parameters in account.parameters(server).items():
            forced = parameters.get("rds.force_ssl")
            # Not set means 1: the default since PostgreSQL 15.
            assert forced in (None, "1"), (
                f"rds.force_ssl is {forced} in the group {name} of {server['DBInstanceIdentifier']}"
            )


@pytest.mark.guarantee("SEC-04")
def test_the_authority_behind_every_certificate_is_valid(account):
    for server in account.servers:
        details = server.get("CertificateDetails") or {}
        authority = details.get("CAIdentifier") or server.get("CACertificateIdentifier")
        ends = min(filter(None, (details.get("ValidTill"), EXPIRED.get(authority))), default=None)
        if not authority and not ends:
            pytest.skip(f"RDS names no authority for {server['DBInstanceIdentifier']}")
        assert not ends or ends > account.moment, (
            f"the certificate of {server['DBInstanceIdentifier']} ({authority}) expired on {ends:%Y-%m-%d}"
        )


@pytest.mark.guarantee("SEC-05")
def test_the_master_password_is_a_secret(account):
    is_there(account, master(account))


@pytest.mark.guarantee("SEC-06")
@pytest.mark.parametrize("name", URLS)
def test_a_secret_holds_the(name, account):
    is_there(account, account.target.secret(name))


@pytest.mark.guarantee("SEC-07")
def test_no_secret_is_open_to_everybody(account):
    for name in (master(account), *map(account.target.secret, URLS)):
        statement = open_to_everybody(account[f"policy/{name}"])
        assert not statement, f"the policy of the secret {name} lets everybody {statement}"


def value(account, name):
    """What the connection string says, once it is one."""
    whole = account.target.secret(name)
    found = account[f"value/{whole}"]
    if not found:
        pytest.skip(f"there is no secret {whole}: SEC-06")
    if "fault" in found:
        pytest.skip(f"the secret {whole} holds no connection string: SEC-08")
    return found


@pytest.mark.guarantee("SEC-08")
@pytest.mark.parametrize("name", URLS)
def test_to_its_server_leads_the(name, account):
    fault = (account[f"value/{account.target.secret(name)}"] or {}).get("fault")
    assert not fault, f"it is no connection string: {fault}"
    found = value(account, name)
    servers = [account.instance] if URLS[name]["server"] == "primary" else account.replicas
    if not servers:
        pytest.skip("there is no replica that it could lead to: REP-01")
    hosts = [server["Endpoint"]["Address"].lower() for server in servers if server.get("Endpoint")]  # else: being made
    assert found["host"] in hosts, f"it leads to {found['host']}, not to {' or '.join(hosts)}"
    assert found["port"] == RDS["instance"]["port"], f"it leads to port {found['port']}"
    assert found["database"] == RDS["database"]["name"], f"it leads to the database {found['database']}"


@pytest.mark.guarantee("SEC-09")
@pytest.mark.parametrize("name", URLS)
def test_tls_is_demanded_by_the(name, account):
    found = value(account, name)
    assert not found["tls"], found["tls"]


@pytest.mark.guarantee("SEC-10")
@pytest.mark.parametrize("name", URLS)
def test_the_documented_user_is_named_by_the(name, account):
    found = value(account, name)
    assert found["user"] == URLS[name]["user"], f"it names the user {found['user']}, not {URLS[name]['user']}"
