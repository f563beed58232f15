"""A cache in front of a bucket that keeps what was read until it is purged, and answers that are still on their way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import unquote

import psycopg
import pytest

from domain import purges, state
from domain.purges import EVERYTHING, Wanted

Read = Callable[[str], object]
FOREVER = 10**6


class Cache:
    """Holds answers by path; `read` asks the origin. A CDN port too."""

    batch = 3
    pause = 0.0

    def __init__(self, read: Read) -> None:
        self._read = read
        self.held: dict[str, object] = {}
        self._on_the_way: list[tuple[str, object]] = []

    def visit(self, path: str) -> None:
        """Somebody asks; what is not held is asked for, and arrives later."""
        if path not in self.held:
            self._on_the_way.append((path, self._read(path)))

    def arrive(self) -> None:
        """All that is on its way is held from now on, however old it is by now."""
        self.held.update(self._on_the_way)
        self._on_the_way.clear()

    def purge(self, paths: Sequence[str]) -> None:
        for path in paths:
            self.held.pop(unquote(path), None)

    def purge_everything(self) -> None:
        self.held.clear()

    def stale(self) -> list[str]:
        """Where readers get something else than what stands there."""
        return sorted(path for path, answer in self.held.items() if answer != self._read(path))


class SteppedPurger:
    """Takes, tells and records, each when it is told to, and may be killed between."""

    def __init__(self, connection: psycopg.Connection, cache: Cache) -> None:
        self._connection, self._cache = connection, cache
        self._taken: list[Wanted] = []
        self._told = False

    def step(self) -> None:
        """The next of the three."""
        if not self._taken:
            purges.gather(self._connection)
            self._taken = purges.take(self._connection, self._cache.batch)
        elif not self._told:
            self._tell()
        else:
            purges.done(self._connection, self._taken)
            self.kill()

    def kill(self) -> None:
        """It is heard of no more; another one begins in its place."""
        self._taken, self._told = [], False

    def _tell(self) -> None:
        if self._taken[0].path == EVERYTHING:
            self._cache.purge_everything()
        else:
            self._cache.purge([one.path for one in self._taken])
        self._told = True


def begin_behind(connection: psycopg.Connection, patched: pytest.MonkeyPatch) -> None:
    """The site stands behind a CDN, and no time passes but by `time_passes`."""
    for name in ("AGAIN", "EVERYTHING_AGAIN", "LEASE"):
        patched.setattr(purges, name, FOREVER)
    state.remember(connection, "cdn", "cache:")


def time_passes(connection: psycopg.Connection, cache: Cache) -> None:
    """So much that no answer is on its way any more, that what was purged is to be purged again, and leases end."""
    cache.arrive()
    connection.execute("UPDATE purge SET due_at = now()")


def purge_to_the_end(connection: psycopg.Connection, cache: Cache) -> None:
    """Until nothing waits to be purged, by one purger."""
    purger = SteppedPurger(connection, cache)
    while purges.left(connection):
        time_passes(connection, cache)
        purger.step()
    cache.arrive()
