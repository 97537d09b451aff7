"""What could not be read of the real thing; apart from boto3, which takes 0.15 s to import."""


class TargetError(Exception):
    """The live target cannot be examined; the message says in one line why, and what to do."""


class NotReadError(Exception):
    """One answer is missing; the message says which, and why."""


class NotThereError(Exception):
    """AWS has no such thing; a finding, not a failure."""
