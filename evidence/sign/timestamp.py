"""timestamp.tsr: an RFC 3161 time stamp of signature.json, asked for over HTTP and checked offline."""

import contextlib
import http.client
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from evidence.inert import line
from evidence.manifest import BundleError
from evidence.sign.envelope import TIMESTAMP
from evidence.sign.token import fixed, loose

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampResponse

_LARGEST: Final = 2**20  # bytes of an answer
_SECONDS: Final = 20.0
_MISSING: Final = "time stamps need rfc3161-client: pip install -r requirements-sign.txt"


class TimestampError(Exception):
    """No time stamp; the message is one line."""


@contextlib.contextmanager
def _one_line(url: str) -> Iterator[None]:
    try:
        yield
    except urllib.error.HTTPError as error:
        error.close()
        raise TimestampError(f"{url}: HTTP {error.code}") from None
    except urllib.error.URLError as error:
        raise TimestampError(f"{url}: {error.reason}") from None
    except (OSError, http.client.HTTPException) as error:
        raise TimestampError(f"{url}: {type(error).__name__}") from None
    except ValueError:
        raise TimestampError(f"{url}: no time stamp in DER in the answer") from None


def asked(url: str, content: bytes) -> bytes:
    """A time stamp of the content. Raises TimestampError: no such authority, refused, not for this content."""
    try:
        from rfc3161_client import (  # noqa: PLC0415  # a compiled library, for whoever asks for time stamps
            HashAlgorithm,
            TimestampRequestBuilder,
            decode_timestamp_response,
        )
    except ImportError:
        raise TimestampError(_MISSING) from None
    if not url.startswith(("http://", "https://")) or "@" in url:
        raise TimestampError(f"{url.rpartition('@')[2]}: not an address over HTTP, without name and password")
    question = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256).build()
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    with _one_line(url):
        request = urllib.request.Request(url, question.as_bytes(), headers)  # noqa: S310  # checked above
        with urllib.request.urlopen(request, timeout=_SECONDS) as reply:  # noqa: S310
            answer: bytes = reply.read(_LARGEST + 1)
        found = decode_timestamp_response(answer)
        if found.status != 0:
            raise TimestampError(
                f"{url}: refused: {line(' '.join(map(str, found.status_string)), 200) or found.status}"
            )
        told = found.tst_info
    if told.nonce != question.nonce or told.message_imprint.message != question.message_imprint.message:
        raise TimestampError(f"{url}: the answer is to another question")
    return fixed(answer)


def certificates(path: Path) -> "list[Certificate]":
    """The trusted certificates in a PEM file. Raises TimestampError."""
    try:
        from cryptography.x509 import load_pem_x509_certificates  # noqa: PLC0415
    except ImportError:
        raise TimestampError(_MISSING) from None
    try:
        return load_pem_x509_certificates(path.read_bytes())
    except OSError as error:
        raise TimestampError(f"{path}: {error.strerror}") from None
    except ValueError:
        raise TimestampError(f"{path}: no certificates in PEM") from None


def _chain(answer: "TimeStampResponse", roots: "list[Certificate]") -> None:
    """Every certificate in the answer is trusted, or issued by one that is. Raises BundleError: none is there for show."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.x509 import load_der_x509_certificate  # noqa: PLC0415

    given = [load_der_x509_certificate(one) for one in answer.signed_data.certificates]
    trusted = [*roots, *given]
    for one in given:
        if one in roots:
            continue
        for issuer in trusted:
            with contextlib.suppress(ValueError, TypeError, InvalidSignature):
                one.verify_directly_issued_by(issuer)
                break
        else:
            raise BundleError(f"{TIMESTAMP}: a certificate in it that no other one vouches for")
        if one.subject == one.issuer:
            raise BundleError(f"{TIMESTAMP}: a root in it that is not the given one")


def stamped(answer: bytes, content: bytes, roots: "list[Certificate]") -> datetime:
    """When the content existed, by an authority under one of the roots. Raises BundleError."""
    try:
        from cryptography.x509 import InvalidVersion  # noqa: PLC0415
        from rfc3161_client import (  # noqa: PLC0415
            VerificationError,
            VerifierBuilder,
            decode_timestamp_response,
        )
    except ImportError:
        raise TimestampError(_MISSING) from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd certificates: what they are good for is said by the checks
            found = decode_timestamp_response(answer)
            if found.as_bytes() != answer:
                raise BundleError(f"{TIMESTAMP}: more stands in it than a time stamp")
            if wrong := next(loose(answer), ""):
                raise BundleError(f"{TIMESTAMP}: {wrong}")
            _chain(found, roots)
            builder = VerifierBuilder()
            for root in roots:
                builder = builder.add_root_certificate(root)
            builder.build().verify_message(found, content)
    except VerificationError as error:
        raise BundleError(f"{TIMESTAMP}: not right: {line(str(error), 200)}") from None
    except (ValueError, TypeError, OverflowError, InvalidVersion) as error:
        raise BundleError(f"{TIMESTAMP}: it cannot be read: {type(error).__name__}") from None
    return found.tst_info.gen_time
