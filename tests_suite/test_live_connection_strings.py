"""Connection strings in JSON and in other spellings: what they say, and what is none."""

import json

import pytest

from support.connection_string import NotAConnectionStringError, parse

HOST = "amply-prod.abc.eu-central-1.rds.amazonaws.com"
URL = f"postgresql+asyncpg://amply_app:secret-of-ours@{HOST}:5432/amply?ssl=require"
RDS = {
    "engine": "postgres",
    "host": HOST,
    "username": "amply_app",
    "password": "x",
    "dbname": "amply",
    "ssl": "require",
}
WELL = {
    "as it is": URL,
    "in JSON": json.dumps({"url": URL}),
    "twice": json.dumps({"url": URL, "DATABASE_URL": URL}),
    "beside another URL": json.dumps({"url": URL, "documentation": "https://wiki.amply.example/database"}),
    "beside a cache": json.dumps({"database": {"url": URL}, "cache": "redis://cache.amply.example:6379/0"}),
    "in the fields of RDS": json.dumps({**RDS, "port": 5432}),
    "in fields, beside a URL": json.dumps({**RDS, "console": "https://console.aws.amazon.com/rds"}),
    "without a port": json.dumps(RDS),
    "a port that is null": json.dumps({**RDS, "port": None}),
    "an engine that is null": json.dumps({**RDS, "engine": None}),
    "a driver for an engine": json.dumps({**RDS, "engine": "postgresql+asyncpg"}),
    "a root dot": URL.replace(HOST, f"{HOST}."),
    "a root dot in JSON": json.dumps({**RDS, "host": f"{HOST}."}),
    "capitals": URL.replace(HOST, HOST.upper()),
}
ILL = {
    "another engine": json.dumps({**RDS, "engine": "mysql"}),
    "another engine, in capitals": json.dumps({**RDS, "engine": "MariaDB"}),
    "no engine at all": json.dumps({**RDS, "engine": 15}),
    "another engine's URL": json.dumps({"url": URL.replace("postgresql+asyncpg", "mysql")}),
    "two of them": json.dumps({"url": URL, "old": URL.replace("amply-prod", "amply-old")}),
    "a web page alone": json.dumps({"documentation": "https://wiki.amply.example/database"}),
    "two web pages": json.dumps({"a": "https://wiki.amply.example/a", "b": "https://wiki.amply.example/b"}),
    "a list": json.dumps([URL]),
}


@pytest.mark.parametrize("what", WELL)
def test_a_connection_string_is_understood(what):
    found = parse(WELL[what])
    assert (found.host, found.port, found.database, found.user) == (HOST, 5432, "amply", "amply_app")


@pytest.mark.parametrize("what", ILL)
def test_no_connection_string_is_told_apart(what):
    with pytest.raises(NotAConnectionStringError) as caught:
        parse(ILL[what])
    assert "secret-of-ours" not in str(caught.value)


@pytest.mark.parametrize("host", [f"{HOST}..", "localhost", "."])
def test_what_is_no_endpoint_is_not_kept(host):
    assert parse(URL.replace(HOST, host)).host == "something that is no endpoint"
