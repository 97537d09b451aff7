"""Every single byte of what is not in the manifest: signature, time stamp, and the manifest itself."""

import pytest

from evidence.manifest import MANIFEST, BundleError
from evidence.sign.envelope import SIGNATURE, TIMESTAMP, speaks_of, verified
from evidence.sign.timestamp import stamped
from evidence.sign.token import fixed
from tests_suite.authority import authority, key_pair
from tests_suite.bundles import called
from tests_suite.signed import signed  # noqa: F401  # fixture

MASKS = (1, 2, 0x0A, 0x20, 0x80, 0xFF)  # 1.2.840.113549.1.1.1 and .11 differ by 0x0A


def accepted(check, content: bytes) -> list[tuple[int, int]]:
    """The changes of one byte, by place and mask, that the check does not refuse."""
    left = []
    for at in range(len(content)):
        for mask in MASKS:
            changed = bytearray(content)
            changed[at] ^= mask
            try:
                check(bytes(changed))
            except BundleError:
                continue
            left.append((at, mask))
    return left


def test_every_byte_of_a_signature_counts(signed):  # noqa: F811
    content = (signed.bundle.folder / SIGNATURE).read_bytes()
    assert verified(content, signed.trust["key"])
    assert accepted(lambda changed: verified(changed, signed.trust["key"]), content) == []


def test_every_byte_of_a_manifest_counts(signed):  # noqa: F811
    payload = verified((signed.bundle.folder / SIGNATURE).read_bytes(), signed.trust["key"])
    content = (signed.bundle.folder / MANIFEST).read_bytes()

    def check(changed: bytes) -> None:
        if speaks_of(payload, {MANIFEST: changed}, MANIFEST):
            raise BundleError(MANIFEST)

    assert accepted(check, content) == []


def test_every_byte_of_a_time_stamp_counts(signed):  # noqa: F811
    content, stamp = ((signed.bundle.folder / name).read_bytes() for name in (SIGNATURE, TIMESTAMP))
    assert accepted(lambda changed: stamped(changed, content, signed.trust["roots"]), stamp) == []


@pytest.mark.parametrize("chosen", ["words beside the status", "another name of RSA"])
def test_what_an_authority_may_choose_is_stored_in_one_form(chosen, kept, tmp_path):
    """Words beside the status are not signed; sha256WithRSAEncryption is another name for rsaEncryption here."""
    plain, named = (bytes.fromhex(f"2a864886f70d0101{last}0500") for last in ("01", "0b"))

    def spoil(answer: bytes) -> bytes:
        if chosen == "another name of RSA":
            head, found, tail = answer.rpartition(plain)
            assert found
            return head + named + tail
        status, words = bytes.fromhex("3003020100"), bytes.fromhex("300902010030040c026f6b")
        assert answer.count(status) >= 1
        size = int.from_bytes(answer[2:4]) + len(words) - len(status)
        return answer[:2] + size.to_bytes(2) + answer[4:].replace(status, words, 1)

    private, public = key_pair(tmp_path)
    bundle = kept.copy(tmp_path / "bundle")
    with authority(tmp_path, "RSA") as stamps:
        stamps.spoil = spoil
        code, output, errors = called("sign", bundle.folder, "--key", private, "--timestamp", stamps.url)
        assert code == 0, output + errors
        told = called("verify", bundle.folder, "--key", public, "--timestamp-root", stamps.root)[1]
    stored = (bundle.folder / TIMESTAMP).read_bytes()
    assert told.splitlines()[-1] == "verified"
    assert fixed(stored) == stored
    assert named not in stored[-400:]
    assert b"ok" not in stored[:30]
