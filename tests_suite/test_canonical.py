"""Canonical JSON: the same before and after JSONB, or explained by it."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit import canonical_json, canonical_text, forms
from audit.canonical import NotJsonError
from support.acquire import acquire

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=8,
)
# What was written, by whomever, and what the application hashed before.
CHANGED = [
    ("1e16", "1e+16"),
    ("1e22", "1e+22"),
    ("-0.0", "-0.0"),
    ('{"a": [4.727738305634194e+16, -0.0]}', '{"a":[4.727738305634194e+16,-0.0]}'),
    ("1e21", "1e+21"),  # JavaScript writes it so too
    ("1.0", "1"),  # JavaScript
    ("0.0000001", "1e-7"),  # JavaScript
    ("-0", "-0"),  # nobody's numbers have it, some writers do
]


@pytest.fixture(scope="module")
def stored():
    """What JSONB makes of JSON text."""
    lease = acquire("auto")
    with lease.server.connect("postgres", "postgres") as conn:
        yield lambda text: conn.execute("SELECT %s::jsonb::text", [text]).fetchone()[0]
    lease.close()


@pytest.fixture(scope="module")
def round_trip(stored):
    @settings(max_examples=400, deadline=None, database=None, derandomize=True)
    @given(VALUES)
    def check(value):
        before = canonical_json(value)
        after = stored(before)
        assert canonical_text(after) == canonical_json(json.loads(after))
        assert before in forms(after)

    return check


def test_whatever_python_hashed_is_among_the_forms_of_what_is_stored(round_trip):
    round_trip()


@pytest.mark.parametrize(("written", "hashed"), CHANGED)
def test_what_another_writer_hashed_is_among_them_too(written, hashed, stored):
    assert hashed in forms(stored(written))


@pytest.mark.parametrize("other", ["2", "10000000000000001", '"1e+16"', "1e+17", "-1e+16"])
def test_another_value_is_not(other, stored):
    assert other not in forms(stored("1e16"))


def test_keys_are_sorted_by_code_point_at_every_level():
    text = '{"\U0001f600": 1, "\uff41": {"b": 1, "a": [{"d": 1, "c": 2}]}, "bb": 0, "b": -1}'
    assert canonical_text(text) == '{"b":-1,"bb":0,"\uff41":{"a":[{"c":2,"d":1}],"b":1},"\U0001f600":1}'
    assert next(forms(text)) == canonical_text(text)


@pytest.mark.parametrize("text", ["[" * 50_000 + "]" * 50_000, "9" * 20_000, "[" + "1.5," * 20_000 + "2]"])
def test_what_somebody_plants_is_borne(text):
    assert canonical_text(text) == text
    assert next(forms(text)) == text


@pytest.mark.parametrize("text", ["", "{", "[1", '{"a"}', "[1]]", "nope", '"\\x"', "[" * 300 + "}" * 300])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(NotJsonError):
        canonical_text(text)
