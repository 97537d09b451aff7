"""A path after one of the suite's own options is no test to collect: without this, pytest takes it for one.

pytest looks for its configuration above the paths on its command line before it has heard of our options. `--schema PATH`,
with PATH outside this repository, would make it forget pytest.ini and every option of ours. Installed with the other
requirements (`-e .`), this plugin is loaded from wherever pytest is, and starts pytest over with its configuration named.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

INI = Path(__file__).resolve().with_name("pytest.ini")


def _is_ours(config: pytest.Config) -> bool:
    return config.inipath is not None and config.inipath.resolve() == INI


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Before anything is captured or loaded. Raises SystemExit with the exit code of the run that took over."""
    called = early_config.invocation_params
    here = called.dir.resolve().is_relative_to(INI.parent)
    if here and not _is_ours(early_config) and not early_config.known_args_namespace.inifilename:
        raise SystemExit(pytest.main(["-c", str(INI), *called.args], plugins=called.plugins))
    yield
