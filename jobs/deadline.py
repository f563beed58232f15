"""Deadlines: what takes too long ends where it stands, by a signal."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ENDING = 7
"""Seconds that what is at hand has when the process is told to end; its supervisor waits for ten."""


class OutOfTime(BaseException):
    """It took longer than it may. No `except Exception` on its way holds it up."""


def out_of_time(number: int, frame: FrameType | None) -> None:
    """A handler for SIGALRM."""
    raise OutOfTime("it took more time than it has")


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise OutOfTime inside when the time is up; only a process's main thread can be told."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before, timer = signal.signal(signal.SIGALRM, out_of_time), signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)  # first: by default the signal ends the process
        signal.signal(signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, *timer)


def hasten() -> None:
    """The process is to end: what has a deadline gets an earlier one."""
    if signal.getsignal(signal.SIGALRM) is not signal.SIG_DFL:
        signal.alarm(ENDING)
