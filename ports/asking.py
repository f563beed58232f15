"""Asking: several questions to the outside world side by side, none of which is waited for longer than promised."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from multiprocessing.pool import ThreadPool
from threading import Event, Lock
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass
class Answer(Generic[T]):
    """What was said, or the error with which the question ended; neither while it hangs."""

    value: T | None = None
    error: BaseException | None = None
    at: float = 0.0
    ended: Event = field(default_factory=Event)

    def hear(self, value: T) -> None:
        self.value = value
        self._end()

    def fail(self, error: BaseException) -> None:
        self.error = error
        self._end()

    def _end(self) -> None:
        self.at = time.monotonic()
        self.ended.set()


class Panel(Generic[T]):
    """The same questions again and again; one that hangs is not asked a second time beside itself."""

    def __init__(self, questions: Mapping[str, Callable[[], T]], seconds: float, fresh: float = 0.0) -> None:
        """Wait `seconds` for all of them; an answer that is not older than `fresh` is given again."""
        self._questions, self._seconds, self._fresh = questions, seconds, fresh
        self._answers: dict[str, Answer[T]] = {}
        self._lock = Lock()

    @cached_property
    def _threads(self) -> ThreadPool:
        """Their end is nothing that a process waits for, unlike that of an executor's."""
        threads = ThreadPool(len(self._questions))
        weakref.finalize(self, threads.terminate)
        return threads

    def ask(self) -> dict[str, Answer[T]]:
        """Every answer, in the order of the questions; a question that hangs has not `ended`."""
        end = time.monotonic() + self._seconds
        with self._lock:
            answers = {name: self._answer(name) for name in self._questions}
        for answer in answers.values():
            answer.ended.wait(max(0.0, end - time.monotonic()))
        return answers

    def _answer(self, name: str) -> Answer[T]:
        last = self._answers.get(name)
        if last and (not last.ended.is_set() or time.monotonic() - last.at < self._fresh):
            return last
        answer = self._answers[name] = Answer[T]()
        self._threads.apply_async(self._questions[name], callback=answer.hear, error_callback=answer.fail)
        return answer
