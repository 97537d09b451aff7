"""No secret is written: every spelling of a password is masked, every known secret in every form, in whatever a run leaves."""

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest

from support.passwords import hidden, masked
from support.redaction import learn, learn_environment, learn_from, redacted, redacted_whole
from tests_suite.canaries import SIGNS, Canaries
from tests_suite.canary_runs import FILES, LOUD, Garden
from tests_suite.canary_spellings import AS_SUPERUSER, HARMLESS, OTHER, SQL
from tests_suite.homes import _warmed, home  # noqa: F401

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


def forms(secret):
    """The secret as others write it, with something around it."""
    raw = secret.encode()
    yield from (secret, repr(secret), f"{secret}@", secret.replace("'", "''"), html.escape(secret))
    yield from (quote(secret), quote_plus(secret), quote(secret, safe="").lower(), raw.hex(), raw.hex().upper())
    yield from (json.dumps(secret), json.dumps(json.dumps(secret)), json.dumps(secret, ensure_ascii=False))
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield from (encode(around + raw + around).decode() for around in (b"", b"a", b"ab"))


@pytest.mark.parametrize("signs", ["", SIGNS, "'it''s\\", "\nsecond line"])
def test_what_is_known_is_taken_out_in_every_form(signs):
    canaries = Canaries()
    secret = canaries.make("it", signs)
    learn(secret)
    for form in forms(secret):
        assert canaries.found({"": redacted(f"before {form} after").encode()}) == [], form
    assert redacted_whole({secret: [secret, {"a": (secret, 1)}]}) == {"***": ["***", {"a": ("***", 1)}]}


def test_what_the_environment_holds_is_known(tmp_path):
    canaries, file = Canaries(), tmp_path / "pgpass"
    file.write_text(f"# a comment\n*:*:*:me:{canaries.make('file', ':x').replace(':', chr(92) + ':')}\n")
    names = (
        "PGPASSWORD",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "GITHUB_TOKEN",
        "MY_API_KEY",
        "DB_PASS",
        "SIGNING_KEY",
    )
    given = {name: canaries[name] for name in names}
    given |= {"PGPASSFILE": str(file), "ANY_URL": f"https://me:{canaries.quoted('url')}@amply.example"}
    learn_environment({**given, "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE4711", "SSH_ASKPASS": "/usr/bin/ask"})
    assert not canaries.found({"": redacted(json.dumps({**given, "and": [*canaries.values()]})).encode()})
    for word in ("AKIAEXAMPLE4711", "/usr/bin/ask", "amply.example"):
        assert word in redacted(f"{word} stays")


def test_a_short_password_is_masked_where_one_is_expected_and_a_common_word_nowhere():
    learn("kurz", "postgres", "amply_app")
    shown = "password=*** host=x, 'password': '***', //a:***@b"
    for word in ("kurz", "postgres"):
        assert redacted(shown.replace("***", word)) == shown
    assert redacted("a kurz word of postgres and amply_app") == "a kurz word of postgres and amply_app"


def test_a_part_of_a_password_that_libpq_takes_for_a_port_is_known():
    canaries = Canaries()
    learn_from(f"postgresql://me:{canaries.make('it', '')}/x@db.example/amply")
    assert "kanari" not in redacted(f'invalid port number: "{canaries["it"]}"')


def test_no_canary_in_anything_that_a_run_leaves(tmp_path, home):  # noqa: F811
    garden = Garden(tmp_path)
    code, output = garden.run(home, "-n2", *LOUD, *FILES)
    assert not (leaks := garden.leaks()), "\n".join(leaks)
    assert code == 1, output
    assert "verdict: incomplete" in output
    assert "Until password=*** is" in (garden.out / "evidence" / "evidence.json").read_text()
    for file in ("evidence/catalog.json", "evidence/candidate/005-05_canaries.sql", "junit.xml", "step_summary.md"):
        assert "***" in (garden.out / file).read_text(), file
