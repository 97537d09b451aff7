"""The simulated account, with a database behind what the drill restores in it."""

import tempfile
from pathlib import Path

import pytest
from moto.rds import models

from support.recovery.rds import PREFIX
from tests_suite.live_server import live_server
from tools import rds_drill


@pytest.fixture(scope="module")
def restored():
    """The database that a restored instance turns out to hold."""
    with tempfile.TemporaryDirectory(prefix="amply-drill-") as name:
        Path(name).chmod(0o755)
        with live_server(Path(name)) as server:
            yield server


@pytest.fixture
def account(simulation, compliant, restored, monkeypatch):
    """The compliant account; what is restored in it answers at the address of `restored`."""

    def endpoint(instance):
        ours = instance.db_instance_identifier.startswith(PREFIX)
        return {"Address": "127.0.0.1", "Port": restored.port} if ours else {"Address": "db.example", "Port": 5432}

    monkeypatch.setattr(models.DBInstance, "endpoint", property(endpoint))
    for name, value in simulation.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setenv("PGPASSWORD", restored.server.passwords["amply_readonly"])
    made = []
    restoring = models.RDSBackend.restore_db_instance_to_point_in_time

    def restore(backend, source, target, given):
        made.append(restoring(backend, source, target, given))
        for name in (
            "deletion_protection",
            "multi_az",
            "publicly_accessible",
        ):  # moto keeps the source's for what is false
            setattr(made[-1], name, given[name])
        return made[-1]

    monkeypatch.setattr(models.RDSBackend, "restore_db_instance_to_point_in_time", restore)
    simulation.made = made
    return simulation


def servers(account):
    return {*account.backend("rds").databases}


@pytest.fixture
def drill(account, capfd):
    """The command on production, and what it said; servers there before are there afterwards."""

    def call(*words):
        before = servers(account)
        code = rds_drill.main(["--environment", "production", "--poll", "0.01", *map(str, words)])
        said = capfd.readouterr()
        assert "Traceback" not in said.err
        assert before <= servers(account)
        return code, said.out + said.err

    return call
