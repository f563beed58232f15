"""Numbers that follow from a text alone, in place of randomness: the same text gives the same numbers for ever."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from math import tau
from typing import TypeVar

T = TypeVar("T")
_WORD = (1 << 64) - 1


def seed(text: str) -> int:
    """A whole number of 64 bits for a text, any Unicode at all."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


class Chance:
    """A stream of numbers (splitmix64) that begins at a seed."""

    def __init__(self, start: int) -> None:
        self._state = start

    def below(self, limit: int) -> int:
        """A whole number from 0 to `limit` - 1."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _WORD
        bits = ((self._state ^ (self._state >> 30)) * 0xBF58476D1CE4E5B9) & _WORD
        bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & _WORD
        return (bits ^ (bits >> 31)) % limit

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def pick(self, things: Sequence[T]) -> T:
        """One of the things, none of them likelier."""
        return things[self.below(len(things))]

    def angle(self) -> float:
        """An angle in radians, 0 to 2π."""
        return self.below(1000) * tau / 1000
