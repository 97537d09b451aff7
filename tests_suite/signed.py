"""A fixture: a signed and stamped bundle. Imported by name where it is used."""

from dataclasses import dataclass

import pytest

from evidence.sign.keys import public_key
from evidence.sign.timestamp import certificates
from tests_suite.authority import authority, key_pair
from tests_suite.bundles import Bundle, called


@dataclass(frozen=True)
class Signed:
    """A signed and stamped bundle, and what it is verified with."""

    bundle: Bundle
    trust: dict


@pytest.fixture(scope="module")
def signed(kept, tmp_path_factory) -> Signed:
    """The kept one, signed and stamped."""
    folder = tmp_path_factory.mktemp("signed")
    private, public = key_pair(folder)
    bundle = kept.copy(folder / "bundle")
    with authority(folder) as stamps:
        code, output, errors = called("sign", bundle.folder, "--key", private, "--timestamp", stamps.url)
        assert code == 0, output + errors
        return Signed(bundle, {"key": public_key(public), "roots": certificates(stamps.root)})
