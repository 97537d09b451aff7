"""Questions to AWS that change nothing: clients that refuse every other operation, and failures in one line each."""

import re
import threading
from typing import Any, Final

import boto3
import botocore.exceptions
from botocore.config import Config

from support.unread import NotReadError, NotThereError, TargetError

Json = dict[str, Any]
_READS: Final = re.compile(r"(Describe|List|Get)[A-Z]")
# Three attempts, or AWS_MAX_ATTEMPTS, slowed down by the client itself when AWS asks for it.
_PATIENCE: Final = Config(connect_timeout=5, read_timeout=20, retries={"mode": "adaptive"}, max_pool_connections=20)
_EXPIRED: Final = ("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired")
_UNKNOWN: Final = (
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
    "AuthFailure",
    "InvalidAccessKeyId",
    "IncompleteSignature",
    "MissingAuthenticationToken",
)
_DENIED: Final = (
    "AccessDenied",
    "AccessDeniedException",
    "UnauthorizedOperation",
    "AuthorizationError",
    "NotAuthorized",
)
_THROTTLED: Final = (
    "Throttling",
    "ThrottlingException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
    "SlowDown",
)


def only_reads(event_name: str = "", **_: Any) -> None:
    """A botocore hook. Raises TargetError for any operation but Describe..., List... and Get...."""
    operation = event_name.rpartition(".")[2]
    if not _READS.match(operation):
        raise TargetError(f"{operation} was stopped: the account is only ever read")


class Aws:
    """An account in one region. `calls` holds what was asked, `service:Operation`, in no order."""

    _allows: Any = staticmethod(only_reads)  # the hook that every call passes first

    def __init__(self, region: str = "", otherwise: str = "") -> None:
        """`region`, or what AWS's own variables and profile say, or `otherwise`. Raises TargetError without credentials."""
        self.calls: list[str] = []
        self._clients: dict[tuple[str, str], Any] = {}
        self._making = threading.Lock()  # boto3's sessions are not made for threads, its clients are
        try:
            self._session = boto3.session.Session(region_name=region or None)
            self.region: str = self._session.region_name or otherwise
            if self._session.get_credentials() is None:
                raise TargetError(
                    "no AWS credentials were found: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and its companions"
                )
        except botocore.exceptions.BotoCoreError as error:
            raise TargetError(f"no AWS credentials can be used: {_one_line(error)}") from None

    def client(self, service: str, region: str = "") -> Any:
        """boto3's client, with the hook, in the account's region or another."""
        key = service, region or self.region
        with self._making:
            if key not in self._clients:
                try:
                    client = self._session.client(service, region_name=key[1], config=_PATIENCE)
                except (botocore.exceptions.BotoCoreError, ValueError) as error:
                    raise TargetError(f"AWS cannot be asked in the region {key[1]!r}: {_one_line(error)}") from None
                client.meta.events.register_first("before-parameter-build", self._allows)
                self._clients[key] = client
        return self._clients[key]

    def ask(
        self, service: str, operation: str, *, region: str = "", missing: tuple[str, ...] = (), **parameters: Any
    ) -> Json:
        """The whole answer to `operation`, such as describe_db_instances: every page, lists joined.

        Raises NotThereError if AWS answers with a code in `missing`, NotReadError if the call is denied or its answer cannot
        be understood, TargetError if nothing can be asked at all.
        """
        client = self.client(service, region)
        name: str = client.meta.method_to_api_mapping[operation]
        self.calls.append(f"{service}:{name}")
        try:
            if client.can_paginate(operation):
                answer: Json = client.get_paginator(operation).paginate(**parameters).build_full_result()
            else:
                answer = getattr(client, operation)(**parameters)
        except botocore.exceptions.ClientError as error:
            _translate(error, service, name, missing)
        except botocore.parsers.ResponseParserError:
            raise NotReadError(f"{service}:{name} got an answer that is none of AWS's") from None
        except botocore.exceptions.BotoCoreError as error:
            raise _unreachable(error, region or self.region) from None
        answer.pop("ResponseMetadata", None)
        return answer


def _translate(error: botocore.exceptions.ClientError, service: str, name: str, missing: tuple[str, ...]) -> None:
    code = str(error.response.get("Error", {}).get("Code", ""))
    action = f"{service}:{name}"
    if code in missing:
        raise NotThereError(code) from None
    if code in _EXPIRED:
        raise TargetError(f"the AWS credentials have expired ({code}): log in again") from None
    if code in _UNKNOWN:
        raise TargetError(f"AWS does not accept the credentials ({code})") from None
    if code in _DENIED or code.endswith(".AccessDenied"):
        raise NotReadError(f'access denied: the policy lacks "{action}" (docs/live.md)') from None
    if code in _THROTTLED:
        raise TargetError(f"AWS keeps throttling {action} ({code}): try again later, or set AWS_MAX_ATTEMPTS") from None
    raise NotReadError(f"{action} failed: {code or _one_line(error)}") from None


def _unreachable(error: botocore.exceptions.BotoCoreError, region: str) -> TargetError:
    if isinstance(error, botocore.exceptions.NoCredentialsError | botocore.exceptions.PartialCredentialsError):
        return TargetError(f"no AWS credentials can be used: {_one_line(error)}")
    if isinstance(error, botocore.exceptions.CredentialRetrievalError | botocore.exceptions.TokenRetrievalError):
        return TargetError(f"the AWS credentials cannot be fetched, or have expired: {_one_line(error)}")
    return TargetError(f"AWS cannot be reached in the region {region}: {_one_line(error)}")


def _one_line(error: BaseException) -> str:
    return re.sub(r"\s+", " ", str(error)).strip()[:300]
