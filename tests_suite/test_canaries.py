"""No secret is written: every spelling of a password is masked, every known secret in every form, in whatever a run leaves."""

import base64
import json

import pytest

from support.passwords import hidden, masked
from tests_suite.canaries import SIGNS, Canaries
from tests_suite.canary_spellings import AS_SUPERUSER, HARMLESS, OTHER, SQL

SPELLINGS = {**SQL, **AS_SUPERUSER, **OTHER}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_password_is_masked_however_it_is_written(spelling):
    canaries = Canaries()
    text = SPELLINGS[spelling].replace("SECRET", canaries.make("it", signs="x"))
    shown = {"masked": masked(text).encode(), "hidden": hidden(text).encode()}
    assert canaries.found(shown) == []
    assert masked(text).count("\n") == text.count("\n")


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_password_stays(text):
    assert masked(text) == text


def test_the_search_itself_finds_every_encoding():
    canaries = Canaries()
    secret = canaries["planted"]
    shifted = [base64.b64encode(b"x" * shift + secret.encode()) for shift in range(3)]
    forms = [secret.encode(), secret.encode("utf-16"), secret.encode().hex().encode(), *shifted]
    forms += [canaries.quoted("planted").encode(), json.dumps(secret).encode()]
    assert SIGNS in secret
    for form in forms:
        assert canaries.found({"there": form}), form
    assert not canaries.found({"there": b"nothing"})
