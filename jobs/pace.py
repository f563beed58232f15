"""Pace: how many pages fit into a moment, so that a batch of long lists takes no longer than one of short pages."""

from __future__ import annotations

MOMENT = 0.15
"""Seconds that a batch of pages which edits reached may take: what is edited meanwhile waits for it to end."""
LONG_MOMENT = 2.0
"""Seconds that a batch of the bulk may take: who is told to end ends after it."""
UNKNOWN = 10
"""Pages in the first batch of a kind, from which its pace is told."""


class Pace:
    """What one process has seen of each kind."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}

    def took(self, kind: str, pages: int, seconds: float) -> None:
        """A batch of this kind was built; the latest ones count most."""
        now = seconds / pages
        self._seconds[kind] = (self._seconds.get(kind, now) + now) / 2

    def limit(self, kind: str, most: int, moment: float = MOMENT) -> int:
        """How many pages of this kind to take at once, at most, so that they take no longer than a moment."""
        fit = int(moment / self._seconds[kind]) if kind in self._seconds else UNKNOWN
        return max(1, min(most, fit))
