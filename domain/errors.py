"""What a rule says when it is broken.

DomainError
├── NotFound   404   the thing named does not exist, or not for you
├── Invalid    422   the input breaks a rule; says where and what to do
├── Conflict   409   true when asked, no longer true
│   └── Stale  412   somebody else has changed it since you looked
├── Forbidden  403   not with your rights
└── Throttled  429   too often; says when to come back
"""

from __future__ import annotations


class DomainError(Exception):
    """Base of every broken rule; its message is meant for the person who asked."""


class NotFound(DomainError):
    """The thing named does not exist."""


class Invalid(DomainError):
    """The input breaks a rule: `Invalid("email", "is no address")`, or a sentence where there is no field."""

    def __init__(self, field: str, reason: str = "") -> None:
        self.field, self.reason = (field, reason) if reason else ("", field)
        super().__init__(f"{self.field}: {self.reason}" if self.field else self.reason)


class Conflict(DomainError):
    """Someone else changed or holds what was asked for."""


class Stale(Conflict):
    """Someone else changed it since the one who asks has looked."""


class Forbidden(DomainError):
    """Whoever asks may not do this."""


class Throttled(DomainError):
    """Asked for too often; may be asked again after `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(f"That was too often. Please try again in {_told(retry_after)}.")


def _told(seconds: int) -> str:
    """`1 second`, `12 minutes`."""
    number, unit = (seconds, "second") if seconds < 60 else (-(-seconds // 60), "minute")
    return f"{number} {unit}{'' if number == 1 else 's'}"
