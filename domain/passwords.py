"""Passwords: which are good enough, whatever they are hashed with."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Protocol

from domain.errors import Invalid

SHORTEST, LONGEST = 8, 128


class Hasher(Protocol):
    """Turns passwords into what may be kept; slow on purpose."""

    def hash(self, password: str) -> str:
        """A new hash, with its parameters and salt."""

    def verify(self, hashed: str | None, password: str) -> bool:
        """Whether the hash was made of this password; takes as long where there is no hash."""

    def is_outdated(self, hashed: str) -> bool:
        """Whether it was made with other parameters than those of today."""

    def is_common(self, password: str) -> bool:
        """Whether everybody tries this one first."""


def same(password: str) -> str:
    """The one form of a password, whichever way a keyboard puts its accents together."""
    return unicodedata.normalize("NFC", password)


def checked(hasher: Hasher, password: str, about: Iterable[str]) -> str:
    """The password in its one form; raises Invalid where it is easily guessed. `about` are the owner's own names."""
    password = same(password)
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid("password", f"must have {SHORTEST} to {LONGEST} characters")
    plain = password.casefold()
    if any(name and name.casefold() in (plain, plain[::-1]) for name in about):
        raise Invalid("password", "must not be your handle, name or address")
    if len(set(password)) < 3 or hasher.is_common(plain):
        raise Invalid("password", "is one of those that are tried first; please think of another")
    return password
