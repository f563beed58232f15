"""What a rule says when it is broken.

DomainError
├── NotFound   404   the thing named does not exist
├── Invalid    422   the input breaks a rule; says where and what to do
└── Conflict   409   true when asked, no longer true
"""


class DomainError(Exception):
    """Base of every broken rule; its message is meant for the person who asked."""


class NotFound(DomainError):
    """The thing named does not exist."""


class Invalid(DomainError):
    """The input breaks a rule."""


class Conflict(DomainError):
    """Someone else changed or holds what was asked for."""
