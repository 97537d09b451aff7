"""Bundles made to mislead or break whoever verifies them: findings, and never a traceback."""

import json

import pytest

from evidence.manifest import BundleError
from evidence.verify import parsers
from evidence.verify.projected import content_differs
from evidence.verify.secrets import secrets_in
from tests_suite.bundles import called
from tests_suite.signed import signed  # noqa: F401  # fixture

DEEP = b"[" * 200_000 + b"]" * 200_000
CONTENTS = {
    "nothing": b"",
    "no JSON": b"{",
    "not UTF-8": b'{"a": "\xff"}',
    "a mark first": b"\xef\xbb\xbf{}",
    "deep": DEEP,
    "deep within": b'{"a": ' * 50_000 + b"1" + b"}" * 50_000,
    "a key twice": b'{"format": 1, "format": 2}',
    "NaN": b'{"seconds": NaN}',
    "infinity": b'{"seconds": -Infinity}',
    "beyond all bounds": b'{"seconds": 1e999}',
    "a huge number": b'{"seconds": ' + b"9" * 100_000 + b"}",
    "half a character": b'{"a": "\\ud800"}',
    "a list": b"[]",
    "a text": b'"evidence"',
    "null": b"null",
    "a long name": b'{"' + b"x" * 10_000_000 + b'": 1}',
    "control characters": b'{"\\u001b[2J\\u0007": 1}',
    "zeros": b"\0" * 1000,
}
XML = {
    "entities": b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><testsuites name="&b;"/>',
    "an outer entity": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><testsuites>&a;</testsuites>',
    "an outer document type": b'<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd"><testsuites/>',
    "an unknown entity": b"<testsuites>&a;</testsuites>",
    "deep": b"<a>" * 100_000,
    "no XML": b"kept",
    "UTF-16": "<testsuites/>".encode("utf-16"),
}


@pytest.mark.parametrize(
    "name", ["evidence.json", "catalog.json", "traceability.json", "summary.md", "junit.xml", "report.html"]
)
def test_contents_made_to_break_a_reader_are_findings(name, kept, tmp_path):
    bundle = kept.copy(tmp_path / "copy")
    for kind, content in CONTENTS.items():
        bundle.write(name, content)
        code, output, errors = called("verify", bundle.folder)
        assert (code, errors) == (1, ""), kind
        assert f"- {name}" in output, kind
        assert len(output) < 20_000
        assert output.replace("\n", "").isprintable(), kind
        assert called("diff", kept.folder, bundle.folder)[0] == (
            1 if name in ("evidence.json", "catalog.json") else 0
        ), kind


def test_a_manifest_or_a_signature_made_to_break_a_reader_is_a_finding(signed, tmp_path):  # noqa: F811
    for name in ("manifest.json", "signature.json", "timestamp.tsr"):
        bundle = signed.bundle.copy(tmp_path / name)
        for kind, content in CONTENTS.items():
            (bundle.folder / name).write_bytes(content)
            for trust in (signed.trust, {}):
                if name == "timestamp.tsr" and not trust:
                    continue
                found = bundle.found(**trust)
                assert found, kind
                assert name in found, kind
            assert called("verify", bundle.folder)[2] == ""


def _spoiled(value, spoiled):
    """Every document with one value of this one replaced, a level at a time."""
    if isinstance(value, dict):
        for key in value:
            yield {**value, key: spoiled}
            yield {other: one for other, one in value.items() if other != key}
            if not isinstance(value[key], list) or len(value[key]) < 3:
                yield from ({**value, key: one} for one in _spoiled(value[key], spoiled))
            else:
                yield from ({**value, key: [one, *value[key][1:]]} for one in _spoiled(value[key][0], spoiled))
    elif isinstance(value, list) and value:
        yield [spoiled, *value[1:]]
        yield from ([one, *value[1:]] for one in _spoiled(value[0], spoiled))


@pytest.mark.parametrize("spoiled", [None, 0, -1, 1.5, True, "", "x" * 1000, [], {}, [None], {"a": None}], ids=repr)
def test_no_value_of_another_kind_breaks_it(spoiled, kept, tmp_path):
    bundle = kept.copy(tmp_path / "copy")
    whole = bundle.document()
    whole["guarantees"] = whole["guarantees"][:3]
    for document in _spoiled(whole, spoiled):
        content = (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()
        bundle.write("evidence.json", content)
        assert bundle.found()


@pytest.mark.parametrize("kind", XML)
def test_xml_made_to_break_a_reader_is_refused(kind):
    with pytest.raises(BundleError):
        parsers.junit(XML[kind])


@pytest.mark.parametrize(
    "unit", [b"<div>", b"<!--", b"<a b=", b"<a '", b"</", b"<p data-verdict=", b"<a data-guarantee='"]
)
def test_deep_or_unclosed_pages_are_read_in_time(unit):
    pairs, _ = parsers.page(unit * 100_000 + b'<p data-guarantee="LED-03" data-verdict="kept">')
    assert pairs == [("LED-03", "kept")]
    with pytest.raises(BundleError):
        parsers.page(b"\xff")


JUNIT = """<?xml version="1.0"?><testsuites tests="{tests}" failures="0" errors="0" skipped="0">
<testsuite name="offline"><testcase classname="LED-03" name="a">{inner}</testcase></testsuite></testsuites>"""
LED_03 = {"verdict": "kept", "guarantees": [{"id": "LED-03", "verdict": "kept", "tests": []}]}


def test_junit_and_page_are_compared_by_what_they_tell():
    def found(name: str, text: str) -> list[str]:
        return content_differs({name: text.encode()}, LED_03)

    assert found("junit.xml", JUNIT.format(tests=1, inner="")) == []
    assert "otherwise than there are" in found("junit.xml", JUNIT.format(tests=2, inner=""))[0]
    assert "not passed there" in found("junit.xml", JUNIT.format(tests=1, inner="<skipped/>"))[1]
    assert "LED-03 is not there" in found("junit.xml", JUNIT.format(tests=1, inner="").replace("LED-03", "x"))[0]
    assert "LED-04 is not in" in found("junit.xml", JUNIT.format(tests=1, inner="").replace('"a"', '"LED-04"'))[0]
    page = '<main data-verdict="{}"><p data-guarantee="{}" data-verdict="{}"></p></main>'
    assert found("report.html", page.format("kept", "LED-03", "kept")) == []
    assert "LED-03 is broken there" in found("report.html", page.format("kept", "LED-03", "broken"))[0]
    assert "LED-03 is not there" in found("report.html", page.format("kept", "LED-04", "kept"))[1]
    assert "the run is broken there" in found("report.html", page.format("broken", "LED-03", "kept"))[0]


HIDDEN = {
    "a password in a URL": "postgresql://amply:s3cretw0rd@db.example/amply",
    "a password literal": "ALTER ROLE amply_app PASSWORD 's3cretw0rd';",
    "a password in a connection string": "host=db user=amply password=s3cretw0rd",
    "an AWS access key": "AKIA" + "IOSFODNN7EXAMPLE",
    "an AWS secret key": "aws_secret_access_key = " + "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY",
    "a private key": "-----BEGIN " + "EC PRIVATE KEY-----",
    "a SCRAM verifier": "SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0$c3RvcmVka2V5c3RvcmVka2V5c3RvcmVk:c2Vy",
    "an md5 password": "md5" + "0123456789abcdef" * 2,
    "a token": "ghp_" + "a1B2" * 10,
    "a bearer token": "Authorization: Bearer " + "a1B2" * 12,
}
SHOWN = [
    "postgresql://user@host/amply?sslmode=require",
    "postgresql://user:***@host/amply",
    "postgresql://user:${PASSWORD}@host/amply",
    "PASSWORD '***'",
    "user=postgres password=*** host=x",
    "ALTER ROLE amply_app PASSWORD '...'",
    "sha256:" + "ab" * 32,
    "postgresql+asyncpg://user:password@host:5432/amply",  # in the design document
]


@pytest.mark.parametrize("kind", HIDDEN)
def test_a_secret_is_found_in_clear_and_encoded_and_is_not_shown(kind):
    import base64  # noqa: PLC0415
    from urllib.parse import quote  # noqa: PLC0415

    text = HIDDEN[kind].encode()
    encoded = {
        "text": b"first\n" + text,
        "JSON": json.dumps({"a": 'x "' + HIDDEN[kind]}).encode(),
        "Base64": b"x " + base64.b64encode(b"padding " + text),
        "Base64 for URLs": base64.urlsafe_b64encode(text + b"??>>"),
        "Base64 of Base64": base64.b64encode(base64.b64encode(text)),
        "percent": b"https://example/?q=" + quote(HIDDEN[kind], safe="").encode(),
    }
    for form, content in encoded.items():
        found = secrets_in("evidence.json", content)
        assert any(kind in finding for finding in found) or (
            form == "percent" and "%" not in quote(HIDDEN[kind], safe="")
        )
        assert not any("s3cret" in finding for finding in found)
    assert secrets_in("x", encoded["text"])[0].startswith("x:2: ")


@pytest.mark.parametrize("text", SHOWN)
def test_what_is_no_secret_is_not_called_one(text):
    assert secrets_in("evidence.json", text.encode()) == []


def test_a_secret_in_a_bundle_is_a_finding(kept, tmp_path):
    bundle = kept.copy(tmp_path / "copy")
    document = bundle.document()
    document["environment"]["live_host"] = HIDDEN["a password in a URL"]
    bundle.tell(document)
    assert "evidence.json:" in bundle.found()
    assert "a password in a URL" in bundle.found()
    assert "s3cret" not in bundle.found()


@pytest.mark.parametrize(
    "unit", [b"a", b"eyJ", b"eyJ-", b"%41", b"password ", b"a://", b"host=a ", b"aa bb", b"<", b"-eyJaaaaaaaaaa."]
)
def test_long_texts_are_looked_through_in_time(unit):
    secrets_in("evidence.json", unit * (2_000_000 // len(unit)))
