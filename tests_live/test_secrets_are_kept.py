"""SEC: storage and connections are encrypted, and credentials lie where they should, open to nobody else."""

from datetime import UTC, datetime

import pytest

from spec.rds import RDS
from support.judged import nothing_wrong
from support.parameters import now_and_soon
from support.policies import open_to_everybody
from support.servers import not_in_force, staying
from support.unread import NotReadError

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
    def plain(server):
        if not server.get("StorageEncrypted"):
            yield f"{server['DBInstanceIdentifier']} is not encrypted"

    nothing_wrong(account.servers[0], plain, account.servers[1])


@pytest.mark.guarantee("SEC-02")
def test_every_key_is_enabled(account):
    servers, no_servers = account.servers
    snapshots, no_snapshots = account.partly("snapshots")

    def useless(arn):
        key = account[f"key/{arn}"]
        if not key:
            yield f"the key {arn} does not exist"
        elif key["KeyState"] not in ("Enabled", "Updating"):
            yield f"the key {arn} is {key['KeyState']}"

    arns = sorted({thing["KmsKeyId"] for thing in [*servers, *snapshots] if thing.get("KmsKeyId")})
    nothing_wrong(arns, useless, no_servers or no_snapshots)


@pytest.mark.guarantee("SEC-03")
def test_every_server_refuses_a_connection_without_tls(account):
    def lax(server):
        if server is not account.instance:  # of which PRM-02 says so
            yield from not_in_force(server)
        for name, parameters in account.parameters(server).items():
            forced = parameters.get("rds.force_ssl")
            if forced not in (None, "1"):  # not set means 1: the default since PostgreSQL 15
                yield f"rds.force_ssl is {forced} in the group {name} of {server['DBInstanceIdentifier']}"

    nothing_wrong(account.servers[0], lax, account.servers[1])


@pytest.mark.guarantee("SEC-04")
def test_the_authority_behind_every_certificate_is_valid(account):
    def expired(server):
        details, name = server.get("CertificateDetails") or {}, server["DBInstanceIdentifier"]
        authority = details.get("CAIdentifier") or server.get("CACertificateIdentifier")
        ends = min(filter(None, (details.get("ValidTill"), EXPIRED.get(authority))), default=None)
        if not authority and not ends:
            raise NotReadError(f"RDS names no authority for {name}")
        if ends and ends <= account.moment:
            yield f"the certificate of {name} ({authority}) expired on {ends:%Y-%m-%d}"

    nothing_wrong(account.servers[0], expired, account.servers[1])


@pytest.mark.guarantee("SEC-05")
def test_the_master_password_is_a_secret(account):
    is_there(account, master(account))


@pytest.mark.guarantee("SEC-06")
@pytest.mark.parametrize("name", URLS)
def test_a_secret_holds_the(name, account):
    is_there(account, account.target.secret(name))


@pytest.mark.guarantee("SEC-07")
def test_no_secret_is_open_to_everybody(account):
    def open_(name):
        if statement := open_to_everybody(account[f"policy/{name}"]):
            yield f"the policy of the secret {name} lets everybody {statement}"

    nothing_wrong((master(account), *map(account.target.secret, URLS)), open_)


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
    assert found["port"] == RDS["instance"]["port"], f"it leads to port {found['port']}"
    assert found["database"] == RDS["database"]["name"], f"it leads to the database {found['database']}"
    servers, unread = account.partly("replicas") if URLS[name]["server"] == "replica" else ([account.instance], "")
    reached = [server for server in staying(servers) if server.get("Endpoint")]  # else: being made
    at = {server["Endpoint"]["Address"].lower(): server for server in reached}
    if found["host"] not in at and (unread or not at):
        pytest.skip(unread or "no server that it could lead to has an endpoint; of replicas: REP-01")
    assert found["host"] in at, f"it leads to {found['host']}, not to {' or '.join(at)}"
    server = at[found["host"]]
    if server is not account.instance:  # of which RDS-08 says so
        for port in (server["Endpoint"]["Port"], *now_and_soon(server, "Port")[1:]):
            assert port == found["port"], f"{server['DBInstanceIdentifier']} listens, or is about to listen, on {port}"


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
