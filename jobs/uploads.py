"""Uploads: artifacts go to the bucket, several at a time where that helps, and never an older one over a newer one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cached_property

from domain import paths
from domain.built import Built
from ports.bucket import Bucket, Head
from ports.errors import Overtaken, Refused, Unavailable
from ports.metrics import UPLOAD_RETRIES
from sitegen.build import Outcome
from sitegen.page import Artifact

ATTEMPTS = 5
RENEW = 5.0
"""Seconds after which a lease is renewed while its pages are uploaded."""
LOST_IN_A_ROW = 16
"""Puts after which a bucket that took none of them is away: the rest of a batch is not tried."""


class Outage:
    """What a batch knows of its bucket: how many puts in a row were lost, and why the last one was."""

    def __init__(self) -> None:
        self._row = 0
        self._error = Unavailable()

    def was_lost(self, error: Unavailable) -> None:
        """Threads may count over each other; then one more page is tried."""
        self._row, self._error = self._row + 1, error

    def was_taken(self) -> None:
        self._row = 0

    def raise_if_away(self) -> None:
        """Raise what the last put that was lost has raised."""
        if self._row >= LOST_IN_A_ROW:
            raise self._error


class Uploads:
    """The way into one bucket."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self.bucket.parallel, thread_name_prefix="upload")

    def upload(self, outcomes: Sequence[Outcome], number: int, renew: Callable[[], None]) -> list[Built]:
        """Bring the artifacts of lease `number` to the bucket; says what became of every page.

        The lease is renewed however long the bucket takes for one of them.
        """
        last = time.monotonic()

        def renew_in_time() -> None:
            nonlocal last
            if time.monotonic() - last > RENEW:
                last = time.monotonic()
                renew()

        return list(self._each(outcomes, number, renew_in_time))

    def _each(self, outcomes: Sequence[Outcome], number: int, renew: Callable[[], None]) -> Iterator[Built]:
        outage = Outage()
        if self.bucket.parallel == 1 or sum(1 for outcome in outcomes if outcome.artifact) < 2:
            for outcome in outcomes:
                renew()
                yield self._one(outcome, number, outage)
            return
        futures = [self._threads.submit(self._one, outcome, number, outage) for outcome in outcomes]
        try:
            for future in futures:
                while not wait([future], RENEW).done:
                    renew()
                renew()
                yield future.result()
        finally:
            for future in futures:
                future.cancel()

    def _one(self, outcome: Outcome, number: int, outage: Outage) -> Built:
        if outcome.artifact is None:
            return outcome.built
        try:
            outage.raise_if_away()
            built = outcome.built._replace(etag=self._put(outcome.artifact, outcome, number))
        except Unavailable as error:
            outage.was_lost(error)
            return _failed(outcome.built, error, lost=True)
        except (ValueError, Refused, Overtaken) as error:
            built = _failed(outcome.built, error)
        outage.was_taken()
        return built

    def _put(self, artifact: Artifact, outcome: Outcome, number: int) -> str:
        """Replace what we know, or whatever an earlier lease has put there; Overtaken where it was a later one."""
        assert outcome.built.artifact_hash is not None
        key, digest, over = paths.key_of(artifact.path), outcome.built.artifact_hash.hex(), outcome.over
        head = Head(artifact.content_type, artifact.cache_control, artifact.status, artifact.location, digest, number)
        for _ in range(ATTEMPTS):
            try:
                return self.bucket.put(key, artifact.body, head, over)
            except Overtaken:
                there = self.bucket.look(key)
                if there and there.head.version > number:
                    break
                if there and (there.head.version, there.head.digest) == (number, digest):
                    return there.tag  # ours: only the answer was lost
                over = there.tag if there else None
                UPLOAD_RETRIES.inc()
        raise Overtaken(f"a page that was built later stands at {artifact.path}; it is tried again")


def _failed(built: Built, error: Exception, lost: bool = False) -> Built:
    text = " ".join(str(error).split())[:300]
    return Built(built.key, built.wanted, "failed", recipe=built.recipe, tags=built.tags, error=text, lost=lost)
