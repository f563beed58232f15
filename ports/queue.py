"""The queue: wakes workers, by RQ on Redis. Nothing is lost with it: what is to be done stands in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import redis
import rq
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq.serializers import JSONSerializer

from ports.errors import Misconfigured, Unavailable

CONNECT, ANSWER = 0.5, 2.0
"""Seconds to wait for Redis: who wakes must not hang, there is another way to get the work done."""
KEPT = 600
"""Seconds for which RQ remembers a job that failed; the work itself is done again anyway."""


class Wakes:
    """Jobs without data, by name: a worker of the queue does what is due when it hears of one."""

    def __init__(self, url: str) -> None:
        self._redis = open_redis(url)
        self._queues: dict[str, rq.Queue] = {}

    def wake(self, queue: str, function: str, seconds: int, workers: int = 1) -> int:
        """Let workers of `queue` call a function that takes no arguments, unless as many calls wait there already.

        `workers` are how many could be of use; no more are woken than there are. Returns how many calls were added.
        Raises Unavailable within a few seconds.
        """
        with answering():
            waiting = self._queue(queue)
            there = rq.Worker.count(queue=waiting) if workers > 1 else 1
            missing = max(min(workers, there), 1) - waiting.count
            for _ in range(missing):
                waiting.enqueue_call(function, timeout=seconds, result_ttl=0, failure_ttl=KEPT, ttl=KEPT)
            return max(missing, 0)

    def depth(self, queue: str) -> int:
        """How many jobs wait there. Raises Unavailable."""
        with answering():
            return int(self._queue(queue).count)

    def workers(self, queue: str) -> int:
        """How many workers of the queue were heard of lately. Raises Unavailable."""
        with answering():
            return len(rq.Worker.all(queue=self._queue(queue), serializer=JSONSerializer))

    def facts(self) -> dict[str, str]:
        """What the server says of its version and of how it keeps what it is given. Raises Unavailable."""
        with answering():
            return {name: str(value) for name, value in self._redis.info().items()}

    def _queue(self, name: str) -> rq.Queue:
        if name not in self._queues:
            self._queues[name] = rq.Queue(name, connection=self._redis, serializer=JSONSerializer)
        return self._queues[name]


def ping(url: str) -> None:
    """Raise Unavailable where Redis does not answer, Misconfigured where there can be none."""
    with answering(), open_redis(url) as client:
        client.ping()


def open_redis(url: str, answer: float | None = None) -> redis.Redis:
    """A client that gives up soon; opens nothing yet."""
    try:
        return redis.Redis.from_url(
            url, socket_connect_timeout=CONNECT, socket_timeout=answer or ANSWER, retry=Retry(NoBackoff(), 0)
        )
    except ValueError as error:
        # the URL may hold a password
        raise Misconfigured("REDIS_URL cannot be read; it must look like redis://:password@host:6379/0") from error


@contextmanager
def answering() -> Iterator[None]:
    """Raise Unavailable where Redis does not answer."""
    try:
        yield
    except redis.RedisError as error:
        raise Unavailable(f"Redis does not answer (REDIS_URL): {error}") from error
