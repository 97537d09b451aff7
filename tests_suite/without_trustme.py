"""A pytest plugin for a machine on which requirements-operations.txt is not installed."""

import importlib.util

_find_spec = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "trustme" else _find_spec(name, *rest)
