"""Watching the bucket: when what was edited a moment ago can be read there."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.lookout import Lookout
from ports.bucket import Bucket

LOOK = {"own page": 0.004, "list": 0.05, "sitemap": 0.5}
"""What is watched, and the seconds between two looks at it: less than a hundredth of what it may take."""


@dataclass
class Awaited:
    """An object that is to change: `there` says of its bytes whether it has."""

    what: str
    key: str
    there: Callable[[bytes], bool]
    began: float
    next_look: float = 0.0


@dataclass
class Watch(Lookout):
    """Looks for what is awaited, in a thread of its own; seconds that each took, by what it is."""

    bucket: Bucket
    took: dict[str, list[float]] = field(default_factory=dict)
    _awaited: list[Awaited] = field(default_factory=list)

    def expect(self, what: str, key: str, there: Callable[[bytes], bool], began: float) -> None:
        """Await a change of an object from `began` on."""
        self._awaited.append(Awaited(what, key, there, began))

    def until_all_came(self, seconds: float) -> int:
        """Wait for what has not come yet; returns how many still have not."""
        end = time.perf_counter() + seconds
        while self._awaited and time.perf_counter() < end:
            time.sleep(0.1)
        return len(self._awaited)

    every = min(LOOK.values())

    def look(self) -> None:
        for one in list(self._awaited):
            if time.perf_counter() >= one.next_look:
                self._look(one)

    def _look(self, one: Awaited) -> None:
        found = self.bucket.get(one.key)
        now = time.perf_counter()
        one.next_look = now + LOOK[one.what]
        if found and one.there(found.body):
            self._awaited.remove(one)
            self.took.setdefault(one.what, []).append(now - one.began)


def percentile(seconds: list[float], share: float) -> float:
    """The value that this share of all does not exceed; nearest rank."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
