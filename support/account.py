"""What was read of an AWS account: plain answers, each under a name, and why an answer is missing. Recorded, replayed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from spec.rds import TARGETS, Target
from support.unread import NotReadError, TargetError

Json = dict[str, Any]
FORMAT: Final = "amply-compliance-account/1"
LISTS: Final = ("replicas", "snapshots", "security_groups", "route_tables")  # of which a part may be missing
_COLONS: Final = 6  # in the ARN of an instance
_WORDS: Final = ("environment", "instance_id", "region", "account_id")
_KINDS: Final[dict[str, type]] = {
    **dict.fromkeys(_WORDS, str),
    "moment": datetime,
    "answers": dict,
    "missing": dict,
    "calls": list,
}


@dataclass(frozen=True)
class Account:
    """One read of the account. `moment`: when, in UTC; the verdicts are as of then. `answers`: see account_reader.

    `missing` holds the reason for each answer that could not be had.
    """

    environment: str
    instance_id: str
    region: str
    account_id: str
    moment: datetime
    answers: Mapping[str, Any]
    missing: Mapping[str, str] = field(default_factory=dict)
    calls: tuple[str, ...] = ()

    @property
    def target(self) -> Target:
        """The names of the environment."""
        return TARGETS[self.environment]

    def __getitem__(self, name: str) -> Any:
        """The answer of this name. Raises NotReadError with the reason if it is missing."""
        if name in self.missing:
            raise NotReadError(self.missing[name])
        return self.answers[name]

    @property
    def instance(self) -> Json:
        """The instance, as DescribeDBInstances shows it."""
        found: Json = self.answers["instance"]
        return found

    def partly(self, name: str, part: str = "") -> tuple[list[Any], str]:
        """What was read of a list such as snapshots, and why the rest was not; empty if there is no rest.

        `part` limits the reason to one part of the list, such as the server whose snapshots they are.
        """
        parts = [
            which for which in self.missing if which.startswith(f"{name}/") and part in ("", which.partition("/")[2])
        ]
        reasons = [self.missing[which] for which in (name, *parts) if which in self.missing]
        return ([] if name in self.missing else self.answers[name]), "".join(reasons[:1])

    @property
    def servers(self) -> tuple[list[Json], str]:
        """The instance, its replicas, in every region, and theirs; and why others could not be read."""
        replicas, unread = self.partly("replicas")
        return [self.instance, *replicas], unread

    def groups(self, server: Json) -> list[str]:
        """The parameter groups of a server, by the names that `group/...` and `parameters/...` have here."""
        region = server["DBInstanceArn"].split(":")[3]
        return [f"{group['DBParameterGroupName']}@{region}" for group in server.get("DBParameterGroups", [])]

    def parameters(self, server: Json) -> dict[str, dict[str, str | None]]:
        """The parameters of each of its groups."""
        return {group: self[f"parameters/{group}"] for group in self.groups(server)}

    def age(self, moment: datetime) -> timedelta:
        """How long ago that was when the account was read."""
        return self.moment - moment


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"$utc": value.isoformat()}
    raise TypeError(type(value).__name__)


def _moments(value: Json) -> Any:
    return datetime.fromisoformat(value["$utc"]) if value.keys() == {"$utc"} else value


def dumps(account: Account) -> str:
    """The account as JSON; it holds no password."""
    return json.dumps({"format": FORMAT, **vars(account)}, default=_plain, indent=1, sort_keys=True) + "\n"


def loads(text: str) -> Account:
    """The account in what `dumps` wrote. Raises ValueError, in one line, if it is nothing of the kind."""
    content = json.loads(text, object_hook=_moments)
    if not isinstance(content, dict) or content.pop("format", None) != FORMAT:
        raise ValueError(f"not a record of an account in the format {FORMAT}")
    wrong = [name for name, kind in _KINDS.items() if not isinstance(content.get(name), kind)]
    if wrong:
        raise ValueError(f"a damaged record of an account: {wrong[0]} is no {_KINDS[wrong[0]].__name__}")
    words = [*content["calls"], *content["missing"].values()]
    instance = content["answers"].get("instance")
    if isinstance(instance, dict):
        words += [instance.get(name) for name in ("DBInstanceArn", "DBInstanceIdentifier", "DBInstanceStatus")]
    lists = [content["answers"].get(name, []) for name in LISTS]
    whole = isinstance(instance, dict) and all(isinstance(word, str) for word in words)
    if not (whole and all(isinstance(one, list) for one in lists) and content["environment"] in TARGETS):
        raise ValueError("a damaged record of an account")
    try:
        account = Account(**{**content, "calls": tuple(content["calls"])})
    except TypeError as error:
        raise ValueError(f"a damaged record of an account: {error}") from None
    if account.moment.tzinfo is None or instance["DBInstanceArn"].count(":") < _COLONS:
        raise ValueError("a damaged record of an account")
    return account


def record(account: Account, file: Path) -> None:
    """Write what was read to `file`, whole or not at all. Raises OSError, also for what is no regular file."""
    if file.exists() and (file.is_symlink() or not file.is_file()):
        raise OSError(0, "not a regular file")
    partial = file.with_name(f".{file.name}.partial")
    try:
        partial.write_text(dumps(account), encoding="utf-8")
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)


def replay(file: Path) -> Account:
    """What was read once. Raises TargetError, in one line, if the file is none of ours."""
    try:
        return loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise TargetError(f"{file}: {error.strerror}") from None
    except (ValueError, TypeError, RecursionError) as error:
        raise TargetError(f"{file}:{getattr(error, 'lineno', 1)}: not a record of an account: {error}") from None
