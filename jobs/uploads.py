"""Uploads: artifacts go to the bucket, several at a time where that helps, and never an older one over a newer one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

from domain import paths
from domain.built import Built
from ports.bucket import Bucket, Head
from ports.errors import Overtaken, Refused, Unavailable
from sitegen.build import Outcome
from sitegen.page import Artifact

ATTEMPTS = 5
RENEW = 5.0
"""Seconds after which a lease is renewed while its pages are uploaded."""


class Uploads:
    """The way into one bucket."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self.bucket.parallel, thread_name_prefix="upload")

    def upload(self, outcomes: Sequence[Outcome], number: int, renew: Callable[[], None]) -> list[Built]:
        """Bring the artifacts of lease `number` to the bucket; says what became of every page."""
        last, built = time.monotonic(), []
        for one in self._each(outcomes, number):
            built.append(one)
            if time.monotonic() - last > RENEW:
                last = time.monotonic()
                renew()
        return built

    def _each(self, outcomes: Sequence[Outcome], number: int) -> Iterator[Built]:
        if self.bucket.parallel == 1 or sum(1 for outcome in outcomes if outcome.artifact) < 2:
            return (self._one(outcome, number) for outcome in outcomes)
        return self._threads.map(lambda outcome: self._one(outcome, number), outcomes)

    def _one(self, outcome: Outcome, number: int) -> Built:
        if outcome.artifact is None:
            return outcome.built
        try:
            return outcome.built._replace(etag=self._put(outcome.artifact, outcome, number))
        except Unavailable as error:
            return _failed(outcome.built, error, lost=True)
        except (ValueError, Refused, Overtaken) as error:
            return _failed(outcome.built, error)

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
        raise Overtaken(f"a page that was built later stands at {artifact.path}; it is tried again")


def _failed(built: Built, error: Exception, lost: bool = False) -> Built:
    text = " ".join(str(error).split())[:300]
    return Built(built.key, built.wanted, "failed", recipe=built.recipe, tags=built.tags, error=text, lost=lost)
