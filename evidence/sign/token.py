"""The parts of a time stamp that its authority's signature does not cover, held to one form: no byte of it is free.

A TimeStampResp (RFC 3161) is SEQUENCE {status, token}; the token is a CMS SignedData (RFC 5652) with one SignerInfo.
"""

from collections.abc import Iterator
from typing import Final

_SEQUENCE: Final = 0x30
_GRANTED: Final = bytes.fromhex("3003020100")
_VERSIONS: Final = bytes.fromhex("020103"), bytes.fromhex("020101")  # of SignedData and SignerInfo
_SHA2: Final = {bytes.fromhex(f"06096086480165030402{last}"): one for last, one in (("01", 0), ("02", 1), ("03", 2))}
_ECDSA: Final = [bytes.fromhex(f"06082a8648ce3d0403{last}") for last in ("02", "03", "04")]
_RSA: Final = bytes.fromhex("06092a864886f70d010101")
_SHA2_WITH_RSA: Final = [bytes.fromhex(f"06092a864886f70d0101{last}") for last in ("0b", "0c", "0d")]


def _element(content: bytes, at: int) -> tuple[int, int]:
    """Where the element's content begins and ends. Raises ValueError."""
    if at + 2 > len(content):
        raise ValueError("cut short")
    size, begin = content[at + 1], at + 2
    if size & 0x80:
        more = size & 0x7F
        if not 1 <= more <= 4:
            raise ValueError("no definite length")
        size, begin = int.from_bytes(content[begin : begin + more]), begin + more
    if begin + size > len(content):
        raise ValueError("cut short")
    return begin, begin + size


def _parts(content: bytes) -> list[tuple[int, int]]:
    """The elements within the first element: begin (with the tag) and end, from the start of `content`."""
    at, end = _element(content, 0)
    found = []
    while at < end:
        _, after = _element(content, at)
        found.append((at, after))
        at = after
    return found


def _within(content: bytes) -> list[bytes]:
    return [content[begin:end] for begin, end in _parts(content)]


def _algorithm(content: bytes) -> bytes:
    """The object identifier of an AlgorithmIdentifier."""
    return _within(content)[0]


def _signed_data(token: bytes) -> list[bytes]:
    return _within(_within(_within(token)[1])[0])


def _signer(token: bytes) -> list[bytes]:
    """version, sid, digest algorithm, signed attributes, signature algorithm, signature, and what is not signed."""
    (signer,) = _within(_signed_data(token)[-1])
    return _within(signer)


def loose(answer: bytes) -> Iterator[str]:
    """What in a time stamp stands otherwise than `fixed` leaves it. Raises ValueError for what is none."""
    status, token = _within(answer)
    data, signer = _signed_data(token), _signer(token)
    if status != _GRANTED:
        yield "its status is not plainly granted"
    if (data[0], signer[0]) != _VERSIONS:
        yield "a version that no time stamp has"
    if len(data) > 5 or len(signer) != 6:
        yield "parts that its signature does not cover"
        return
    size, algorithm = _SHA2.get(_algorithm(signer[2])), _algorithm(signer[4])
    if size is None or algorithm not in (_RSA, _ECDSA[size]):
        yield "an unusual algorithm"
    if signer[4][-2:] != b"\x05\x00" and algorithm == _RSA:
        yield "an unusual algorithm"


def fixed(answer: bytes) -> bytes:
    """An authority's answer without the words beside its status, and with RSA called by its plain name (RFC 3370)."""
    _, token = _within(answer)
    signer = _signer(token)
    if (named := _algorithm(signer[4])) in _SHA2_WITH_RSA:
        plain = signer[4].replace(named, _RSA)
        tail = b"".join(signer[4:])
        token = token.removesuffix(tail) + plain + tail[len(plain) :]
    content = _GRANTED + token
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8)
    return bytes([_SEQUENCE, *([0x80 | len(length)] if len(content) > 0x7F else []), *length]) + content
