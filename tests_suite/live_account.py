"""Reads the simulated account as a live run does, in this process."""

import os
from unittest.mock import patch

from spec.rds import TARGETS
from support.account_reader import Reader
from support.aws import Aws

_known: dict[str, Aws] = {}


def read(simulation, environment="production", *, read_secrets=True):
    """What a live run reads of the account as it is now."""
    with patch.dict(os.environ, simulation.environment()):
        os.environ.pop("AWS_PROFILE", None)
        aws = _known.setdefault(simulation.endpoint, Aws("eu-central-1"))
        aws.calls.clear()
        instance = TARGETS[environment].instance
        return Reader(aws, environment, instance, read_secrets=read_secrets, progress=lambda *_: None).read()
