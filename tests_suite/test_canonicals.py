"""What is written in bulk is what is written one by one; and so is what is found."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.batch import Batch, examine
from audit.canonicals import alone, canonicals
from audit.entry import Entry, checked
from audit.part import empty
from tests_suite.listed_ledger import encoded

WORDS = st.text(max_size=6) | st.sampled_from(
    ["e-mail", "1e-7", "0.00001", "a,b", '"', "\\", "|", "\ud800", "\x7f\x1f\u2028"]
)
NUMBERS = (
    st.integers()
    | st.integers(-(2**66), 2**66)
    | st.sampled_from(
        [2**63, -(2**63) - 1, 2**64 - 1, 2**64, 10**16, 10**22, 1e16, 1e22, 1e-5, 1e-4, 9.9e-5, -0.0, 5e-324]
    )
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.floats(1e-7, 1e-3)
)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=8,
)
STRANGE = st.sampled_from(
    [
        "",
        "[1",
        "2]",
        "{",
        "}",
        "1,2",
        "1,2,3",
        "1e400",
        "-0",
        "-0.0",
        "1E5",
        "NaN",
        "[" * 300 + "]" * 300,
        "[" * 2000 + "]" * 2000,
        '{"a":1,"a":2}',
        '{"\\u0061":1,"a":2}',
        '"\\ud800"',
        '"\\/"',
        " 1 ",
        "9" * 400,
        "0." + "0" * 400 + "1",
        "nope",
        '"a',
        "\ufeff1",
    ]
)


@pytest.mark.parametrize("texts", [["[1", "2]", "1,2,3"], ['{"a":[1', "2]}", '1,"a",2'], ["1,2,3", "[1", "2]"]])
def test_texts_that_are_json_only_together_are_none(texts):
    assert canonicals([text.encode() for text in texts]) == [None] * 3


def texts(value):
    return st.sampled_from(
        [
            json.dumps(value),
            json.dumps(value, ensure_ascii=False, separators=(" ,", ":  ")),
            json.dumps(value, indent=1).replace("e", "E") if isinstance(value, float) else json.dumps(value, indent=1),
        ]
    )


TEXTS = st.lists(VALUES.flatmap(texts) | STRANGE, min_size=1, max_size=9).map(
    lambda found: [text.encode("utf-8", "surrogatepass") for text in found]
)


@settings(max_examples=1000, deadline=None, database=None, derandomize=True)
@given(TEXTS)
def test_in_bulk_is_written_what_is_written_one_by_one(given_):
    assert canonicals(given_) == [alone(text) for text in given_]


@settings(max_examples=1000, deadline=None, database=None, derandomize=True)
@given(NUMBERS)
def test_every_number_is_written_alike(number):
    text = json.dumps(number).encode()
    assert canonicals([text, b"1"]) == [alone(text), b"1"]


@pytest.mark.parametrize("digits", ["1", "-9.999999999999999", "4.503599627370497"])
def test_every_power_of_ten_is_written_alike(digits):
    given_ = [f"{digits}e{exponent}".encode() for exponent in range(-330, 330)]
    assert canonicals(given_) == [alone(text) for text in given_]


FIELDS = st.text(max_size=5) | st.sampled_from(["eur", "ÉUR", "ß", "EUR", "5", "null", "a|b", "sha256:" + "0" * 64])
ENTRIES = st.builds(
    Entry, *[FIELDS] * 6, VALUES.flatmap(texts) | STRANGE, st.none() | FIELDS, FIELDS
).flatmap(
    lambda entry: st.sampled_from(
        [entry, *([entry._replace(entry_hash=entry.hashed(form.decode("utf-8", "surrogatepass")))]
                  if (form := alone(entry.metadata.encode("utf-8", "surrogatepass"))) is not None else [])]
    )
)  # fmt: skip


@settings(max_examples=700, deadline=None, database=None, derandomize=True)
@given(st.lists(ENTRIES, min_size=1, max_size=8))
def test_in_bulk_is_found_what_is_found_one_by_one(entries):
    entries = [entry for entry in entries if all("\ud800" not in (field or "") for field in entry)]
    part = empty()
    if entries:
        examine(Batch(*zip(*map(encoded, entries), strict=True)), part)
    assert part.findings.kept == sorted(found for entry in entries if (found := checked(entry)))
    assert part.entries == len(entries)
