"""Changes to the secrets of a compliant AWS account: their values, their policies, and whether they are there.

Each function changes the simulated account: `sim` is the simulation, `s` what stands in it.
"""

import json


def statement(**fields):
    """A resource policy of one statement that allows everything."""
    allowed = {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*", **fields}
    return {"Version": "2012-10-17", "Statement": [allowed]}


OPEN = statement(Principal="*")
PRIMARY, REPLICA, MASTER = "database-url", "database-replica-url", "database-master"


def secret(name, old, new):
    """A secret's value with `old` replaced by `new`."""

    def change(sim, s):
        client = sim.client("secretsmanager")
        text = client.get_secret_value(SecretId=s.secrets[name])["SecretString"]
        assert old in text
        client.put_secret_value(SecretId=s.secrets[name], SecretString=text.replace(old, new))

    return change


def as_json(content):
    """The primary's connection string as this JSON."""
    text = json.dumps(content)
    return lambda sim, s: sim.client("secretsmanager").put_secret_value(SecretId=s.secrets[PRIMARY], SecretString=text)


def nested(depth):
    """A connection string at the bottom of JSON so deep that it cannot be read."""
    text = '{"a": ' * depth + '"postgresql://x"' + "}" * depth
    return lambda sim, s: sim.client("secretsmanager").put_secret_value(SecretId=s.secrets[PRIMARY], SecretString=text)


def password(new):
    """Another password of the application, as it is, in its connection string."""
    return lambda sim, s: secret(PRIMARY, s.passwords[0], new)(sim, s)


def leads_to_the_primary(sim, s):
    addresses = {
        one["DBInstanceIdentifier"]: one["Endpoint"]["Address"]
        for one in sim.client("rds").describe_db_instances()["DBInstances"]
    }
    secret(REPLICA, addresses[s.replica], addresses[s.instance])(sim, s)


def policy(name, text):
    return lambda sim, s: sim.client("secretsmanager").put_resource_policy(
        SecretId=s.secrets[name], ResourcePolicy=json.dumps(text)
    )


def under(condition):
    """The primary's connection string open to everybody under this condition."""
    return policy(PRIMARY, statement(Principal="*", Condition=condition))


def deleted(name, **how):
    return lambda sim, s: sim.client("secretsmanager").delete_secret(SecretId=s.secrets[name], **how)
