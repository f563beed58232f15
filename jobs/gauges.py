"""Gauges: what waits in PostgreSQL and Redis, read when Prometheus asks, and not more often than every few seconds."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from threading import Lock

import psycopg
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from domain import mails, sign_in
from domain.backlog import Backlog, measure
from domain.lease import BULK, EDITS
from domain.privacy import erasing
from jobs.roster import QUEUES
from ports import clock
from ports.database import BRIEF, connect
from ports.errors import PortError
from ports.queue import Wakes
from ports.settings import Settings

FRESH = 5.0
"""Seconds for which an answer is given again."""
LANES = {EDITS: "edits", BULK: "bulk"}


class Gauges(Collector):
    """One of them per relay; safe for the threads of a server."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._wakes = Wakes(settings.redis_url)
        self._lock = Lock()
        self._read_at = -FRESH
        self._read: list[Metric] = []

    def describe(self) -> Iterable[Metric]:
        """Nothing: to know the names one would have to ask PostgreSQL."""
        return []

    def collect(self) -> Iterable[Metric]:
        with self._lock:
            if time.monotonic() - self._read_at > FRESH:
                self._read = [*self._postgres(), *self._redis()]
                self._read_at = time.monotonic()
            return self._read

    def _postgres(self) -> Iterator[Metric]:
        try:
            with closing(connect(self._settings.database_url, BRIEF)) as connection:
                backlog, accounts = measure(connection), list(_of_accounts(connection))
        except (psycopg.Error, PortError):
            yield _gauge("autotrack_postgresql_up", "Whether PostgreSQL answers the relay", 0)
            return
        yield _gauge("autotrack_postgresql_up", "Whether PostgreSQL answers the relay", 1)
        yield from [*_of_backlog(backlog), *accounts]

    def _redis(self) -> Iterator[Metric]:
        try:
            depths = {queue: self._wakes.depth(queue) for queue in QUEUES}
            workers = {queue: self._wakes.workers(queue) for queue in QUEUES}
        except PortError:
            yield _gauge("autotrack_redis_up", "Whether Redis answers the relay", 0)
            return
        yield _gauge("autotrack_redis_up", "Whether Redis answers the relay", 1)
        yield _gauges("autotrack_queue_depth", "Jobs that wait in Redis", "queue", depths)
        yield _gauges("autotrack_workers", "Workers that were heard of lately", "queue", workers)


def _of_backlog(backlog: Backlog) -> Iterator[Metric]:
    dirty = {LANES[lane]: many for lane, many in backlog.dirty.items()}
    waiting = {LANES[lane]: seconds for lane, seconds in backlog.waiting.items()}
    done = {name: seconds for name, seconds in backlog.chores.items() if seconds is not None}
    yield _gauges("autotrack_dirty_pages", "Pages that are not what they should be", "lane", dirty)
    yield _gauges("autotrack_unattended_seconds", "For how long due pages have waited for a worker", "lane", waiting)
    yield _gauge(
        "autotrack_oldest_dirty_page_seconds", "For how long the oldest change has waited for a page", backlog.oldest
    )
    yield _gauge("autotrack_dead_letters", "Pages that failed too often", backlog.dead)
    yield _gauge("autotrack_change_log_depth", "Changes that were not relayed yet", backlog.changes)
    yield _gauge("autotrack_purges_waiting", "Addresses that the CDN may hold an older answer of", backlog.purges)
    yield _gauge("autotrack_oldest_purge_seconds", "For how long the oldest of them has waited", backlog.unpurged)
    yield _gauges("autotrack_chore_done_seconds", "For how long a chore has not been done", "chore", done)


def _of_accounts(connection: psycopg.Connection) -> Iterator[Metric]:
    many, seconds = mails.waiting(connection, clock.now())
    guessed = sign_in.guessed(connection, clock.now())
    leaving, oldest = erasing.waiting(connection, clock.now())
    yield _gauge("autotrack_mails_waiting", "Letters that were not handed over yet", many)
    yield _gauge("autotrack_oldest_mail_seconds", "For how long the first of them has been due", seconds)
    yield _gauge("autotrack_erasures", "Accounts that are being erased", leaving)
    yield _gauge("autotrack_oldest_erasure_seconds", "For how long the first of them has been", oldest)
    yield _gauge("autotrack_guessed_names", "Names that somebody tried with a wrong password lately", guessed)


def _gauge(name: str, help_line: str, value: float) -> Metric:
    return GaugeMetricFamily(name, help_line, value=value)


def _gauges(name: str, help_line: str, label: str, values: dict[str, float] | dict[str, int]) -> Metric:
    family = GaugeMetricFamily(name, help_line, labels=[label])
    for of, value in values.items():
        family.add_metric([of], value)
    return family
