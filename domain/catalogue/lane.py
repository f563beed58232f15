"""A lane for writing: statements follow one another in a thread, while the rows for the next are still being made."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

WAKE = 0.0002
"""Seconds after which a thread that computes lets another one run."""


class Lane:
    """Nobody else may use the connection before the lane ends; then the first failure is raised."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="lane")
        self._steps: list[Future[None]] = []

    def later(self, write: Callable[..., None], *given: object) -> None:
        """Call `write` with what is given when all steps before it are through."""
        self._steps.append(self._thread.submit(write, *given))

    def __enter__(self) -> Self:
        # The lane wakes for every block that the server takes, and must not wait long for its turn then.
        self._interval = sys.getswitchinterval()
        sys.setswitchinterval(WAKE)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        sys.setswitchinterval(self._interval)
        self._thread.shutdown(cancel_futures=error is not None)
        if error is None:
            for step in self._steps:
                step.result()
