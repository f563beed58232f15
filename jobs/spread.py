"""Work spread over processes, its results in the order of the work: how the records of large files are checked."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Block = TypeVar("Block")
Result = TypeVar("Result")
AHEAD = 8
"""Blocks that may be under way: enough to keep everybody busy, few enough to fit in memory."""
LOOK = 0.25
"""Seconds between two looks of a process at whether the one that it works for still lives."""


@contextmanager
def spread(processes: int, private: int) -> Iterator[Spread]:
    """Processes to spread work over until this ends; they let go of `private`, a file number that is not theirs."""
    # Forked: what the work needs is there already.
    context = multiprocessing.get_context("fork")
    crew = ProcessPoolExecutor(processes, context, initializer=_serve, initargs=(os.getpid(), private))
    try:
        yield Spread(crew)
    finally:
        crew.shutdown(cancel_futures=True)


class Spread:
    """A `map` that other processes do."""

    def __init__(self, crew: ProcessPoolExecutor) -> None:
        self._crew = crew

    def __call__(self, work: Callable[[Block], Result], blocks: Iterable[Block]) -> Iterator[tuple[Block, Result]]:
        """Every block with what `work`, a function of a module, makes of it; in order, a few at a time."""
        begun: deque[tuple[Block, Future[Result]]] = deque()
        for block in blocks:
            begun.append((block, self._crew.submit(work, block)))
            if len(begun) == AHEAD:
                first, result = begun.popleft()
                yield first, result.result()
        for block, result in begun:
            yield block, result.result()


def _serve(parent: int, private: int) -> None:
    """Serve nobody but the parent: it hears of Ctrl-C, and when it is gone, so are we."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.close(private)
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK)
    os._exit(1)
