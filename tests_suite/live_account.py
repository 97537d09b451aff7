"""Reads the simulated account as a live run does, in this process."""

import os
from unittest.mock import patch

from spec import GUARANTEES
from spec.rds import TARGETS
from support.account_reader import Reader
from support.aws import Aws

OVER_SQL = {"RDS-10", "PRM-11", "PRM-12", "REP-07", "MON-10", "SEC-11", "DRF-01", "DRF-02", "DRF-03", "DRF-04"}
OVER_SQL |= {"MNT-04", "MNT-05", "MNT-06", "MNT-07", "AUD-01", "AUD-02", "AUD-03"}
IN_THE_ACCOUNT = {id_ for id_, one in GUARANTEES.items() if one.scope == "live" and not one.planned} - OVER_SQL

_known: dict[str, Aws] = {}


def read(simulation, environment="production", *, read_secrets=True):
    """What a live run reads of the account as it is now."""
    with patch.dict(os.environ, simulation.environment()):
        os.environ.pop("AWS_PROFILE", None)
        aws = _known.setdefault(simulation.endpoint, Aws("eu-central-1"))
        aws.calls.clear()
        instance = TARGETS[environment].instance
        return Reader(aws, environment, instance, read_secrets=read_secrets, progress=lambda *_: None).read()
