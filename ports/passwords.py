"""Passwords: argon2id, with a bound on how many are hashed at once, and the passwords that everybody tries first."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from ports.errors import Throttled

COMMON = Path(__file__).with_name("common_passwords.txt")
"""11,611 passwords of at least eight characters, the most common first: what is long enough to be accepted among the
30,000 most common of zxcvbn 4.5.0 (MIT), which counted them in breaches that are public (xato.net, ten million)."""
PATIENCE = 2.0
"""Seconds that one waits for others to be hashed."""


class Argon2:
    """Argon2id with what OWASP asks for at least: 19 MiB, two passes, one lane; 36 ms on one core.

    The library's own defaults take 64 MiB and four lanes. As many at once as there are cores; whoever has to wait
    too long is sent away by ports.errors.Throttled: a flood of sign-ins costs neither memory nor all threads.
    """

    def __init__(self, memory_kib: int = 19_456, passes: int = 2, at_once: int | None = None) -> None:
        self._hasher = _hasher(memory_kib, passes)
        self._turns = BoundedSemaphore(at_once or os.cpu_count() or 1)
        self._nobodys = _nobodys(memory_kib, passes)

    def hash(self, password: str) -> str:
        """A new hash, with its parameters and salt. Raises Throttled."""
        with self._turn():
            return self._hasher.hash(password)

    def verify(self, hashed: str | None, password: str) -> bool:
        """Whether the hash was made of this password; takes as long where there is no hash. Raises Throttled."""
        with self._turn():
            try:
                return self._hasher.verify(hashed or self._nobodys, password) and hashed is not None
            except (VerificationError, InvalidHashError):
                return False

    def is_outdated(self, hashed: str) -> bool:
        """Whether it was made with other parameters than these."""
        return self._hasher.check_needs_rehash(hashed)

    def is_common(self, password: str) -> bool:
        """Whether it is one of those that are tried first, in small letters."""
        return password in _common()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=PATIENCE):
            raise Throttled("too many passwords are being checked at once", PATIENCE)
        try:
            yield
        finally:
            self._turns.release()


def _hasher(memory_kib: int, passes: int) -> PasswordHasher:
    return PasswordHasher(
        time_cost=passes, memory_cost=memory_kib, parallelism=1, hash_len=32, salt_len=16, type=Type.ID
    )


@cache
def _nobodys(memory_kib: int, passes: int) -> str:
    """What is compared with where there is no account, so that it takes as long."""
    return _hasher(memory_kib, passes).hash("nobody has this one")


@cache
def _common() -> frozenset[str]:
    return frozenset(COMMON.read_text(encoding="utf-8").casefold().split())
