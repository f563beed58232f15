"""The crew of a build: several processes that lease batches of their own from the manifest, and one tally."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from jobs.render import Queue, Renderer
from ports.errors import Unavailable

VERDICTS = ("publish", "unchanged", "fresh", "gone", "failed")
_fork = multiprocessing.get_context("fork")


class Tally:
    """Verdicts counted over all processes; `heard` is told the total after every batch of this process."""

    def __init__(self, heard: Callable[[int], None]) -> None:
        self._counts = _fork.Array("q", len(VERDICTS))
        self._heard = heard

    def add(self, verdicts: Mapping[str, int]) -> bool:
        """Count a batch; True, for the drain is to go on."""
        with self._counts.get_lock():
            for at, verdict in enumerate(VERDICTS):
                self._counts[at] += verdicts.get(verdict, 0)
        self._heard(self.total().total())
        return True

    def total(self) -> Counter[str]:
        return +Counter({verdict: self._counts[at] for at, verdict in enumerate(VERDICTS)})


@contextmanager
def without_collector() -> Iterator[None]:
    """Documents are trees: reference counts free them, and looking for cycles costs a tenth of the build."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def drain_together(make: Callable[[], Renderer], queue: Queue, helpers: int, tally: Tally) -> bool:
    """Drain with `helpers` further processes; each makes a renderer of its own. False if one of them died."""
    crew = [_fork.Process(target=_help, args=(make, queue, tally, os.getpid()), daemon=True) for _ in range(helpers)]
    for helper in crew:
        helper.start()
    _drain(make, queue, tally.add)
    for helper in crew:
        helper.join()
    return not any(helper.exitcode for helper in crew)


def _help(make: Callable[[], Renderer], queue: Queue, tally: Tally, parent: int) -> None:
    """A helper stops when nothing is due, or when its parent is gone."""

    def done(verdicts: Mapping[str, int]) -> bool:
        tally.add(verdicts)
        return os.getppid() == parent

    try:
        _drain(make, queue, done)
    except Unavailable:
        sys.exit(1)  # who is told of it does the rest alone, and says what is wrong if it still is


def _drain(make: Callable[[], Renderer], queue: Queue, done: Callable[[Counter[str]], bool]) -> None:
    renderer = make()
    with renderer.connection, without_collector():
        renderer.drain(queue, done=done)
