"""Purging: what the bucket no longer holds the CDN forgets too, told by a thread of its own so that no page waits."""

from __future__ import annotations

import random
import time
from contextlib import closing
from threading import Event, Thread

import psycopg
import structlog

from domain import purges
from domain.paths import address_of
from domain.purges import Wanted
from jobs.metrics import PURGES
from ports.cdn import Cdn, open_cdn
from ports.database import WORKING, connect
from ports.errors import Refused, Throttled, Unavailable
from ports.settings import Settings

log = structlog.get_logger()
LOOK = 1.0
"""Seconds between two looks at what is due; whoever has uploaded something wakes us at once."""
FIRST_PAUSE, LONGEST_PAUSE, LONGEST_WISH = 0.5, 15.0, 300.0
"""Seconds to leave a CDN alone that does not answer, the first time and the last, and one that asks for it."""
HOPELESS = 3600.0
"""Seconds until an address is tried again that the CDN will not purge."""
LEAVE = 2.0
"""Seconds to wait for the thread at the end: what it is at is purged again by another."""


def purge_some(connection: psycopg.Connection, cdn: Cdn) -> int:
    """Purge a batch of what is due; returns how many addresses it named. Raises Unavailable, and then they wait."""
    purges.gather(connection)
    wanted = purges.take(connection, cdn.batch)
    if wanted:
        _purge(connection, cdn, wanted)
    return len(wanted)


def _purge(connection: psycopg.Connection, cdn: Cdn, wanted: list[Wanted]) -> None:
    """One address that the CDN refuses spoils the call: halves are tried until it stands alone."""
    if cdn.pause:
        time.sleep(purges.turn(connection, cdn.pause))
    try:
        _tell(cdn, wanted)
    except Refused as error:
        if len(wanted) == 1:
            log.error("not purged", path=wanted[0].path, error=str(error))
            PURGES.labels("refused").inc()
            purges.put_off(connection, wanted, HOPELESS)
            return
        half = len(wanted) // 2
        _purge(connection, cdn, wanted[:half])
        _purge(connection, cdn, wanted[half:])
    except Unavailable as error:
        PURGES.labels("failed").inc(len(wanted))
        purges.put_off(connection, wanted, _wish(error))
        raise
    else:
        PURGES.labels("done").inc(len(wanted))
        purges.done(connection, wanted)


def _tell(cdn: Cdn, wanted: list[Wanted]) -> None:
    if wanted[0].path == purges.EVERYTHING:
        cdn.purge_everything()
    else:
        cdn.purge([address_of(one.path) for one in wanted])


def _wish(error: Unavailable) -> float:
    return min(error.after, LONGEST_WISH) if isinstance(error, Throttled) else 0.0


class Purger:
    """The thread of one process; any number of processes may have one. It begins when it is first woken.

    Raises Misconfigured at once where CDN_URL names no CDN.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._cdn = open_cdn(settings.cdn_url, settings.site_url, settings.cdn_token)
        self._woken, self._stopping = Event(), Event()
        self._thread: Thread | None = None
        self._failures = 0

    def wake(self) -> None:
        """Something may be due."""
        if not self._cdn.batch:
            return
        if self._thread is None or not self._thread.is_alive():
            self._thread = Thread(target=self._run, name="purge", daemon=True)
            self._thread.start()
        self._woken.set()

    def stop(self) -> None:
        """End after the call that it is at, if that is soon."""
        self._stopping.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join(LEAVE)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with closing(connect(self._settings.database_url, WORKING)) as connection:
                    self._purge_on(connection)
            except (psycopg.OperationalError, Unavailable) as error:
                self._pause(error)

    def _purge_on(self, connection: psycopg.Connection) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            # who was started with the setting of yesterday leaves it to the others
            many = purge_some(connection, self._cdn) if self.is_ours(connection) else 0
            if many:
                self._failures = 0
            else:
                self._woken.wait(LOOK)

    def is_ours(self, connection: psycopg.Connection) -> bool:
        """Whether the site stands behind the CDN that this process knows."""
        return purges.stands_behind(connection) == self._settings.cdn_url

    def _pause(self, error: Exception) -> None:
        """Each time longer, and never in step with other processes."""
        longest = min(FIRST_PAUSE * 2**self._failures, LONGEST_PAUSE)
        seconds = random.uniform(longest / 2, longest)
        if isinstance(error, Unavailable):
            seconds = max(seconds, _wish(error))
        self._failures = min(self._failures + 1, 10)
        log.warning("nothing can be purged", error=" ".join(str(error).split()), again=round(seconds, 1))
        self._stopping.wait(seconds)


def purge_all(settings: Settings, seconds: float) -> int:
    """Have everything purged that is due, and once more; returns how many addresses are left when time is up."""
    purger, end = Purger(settings), time.monotonic() + seconds
    try:
        with closing(connect(settings.database_url)) as connection:
            while (left := purges.left(connection)) and purger.is_ours(connection) and time.monotonic() < end:
                purger.wake()
                time.sleep(0.1)
            return left
    finally:
        purger.stop()
