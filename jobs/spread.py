"""Work spread over processes, its results in the order of the work: how the records of large files are checked."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing.connection import Connection
from typing import Any, NamedTuple, TypeVar

from ports.errors import PortError

Block = TypeVar("Block")
Result = TypeVar("Result")
_fork = multiprocessing.get_context("fork")  # what the work needs is there already


class WorkerLost(PortError):
    """A process that worked for us has ended."""


class _Worker(NamedTuple):
    """A process and our end of the pipe to it. It has one block at a time, so neither end waits for the other."""

    process: Any
    pipe: Connection

    def begin(self, work: Callable[[Any], Any], block: object) -> None:
        self.pipe.send((work, block))

    def result(self) -> Any:
        try:
            done, result = self.pipe.recv()
        except (EOFError, OSError) as error:
            raise WorkerLost(
                "a process that checked records was ended (out of memory?); nothing was changed"
            ) from error
        if not done:
            raise result
        return result


@contextmanager
def spread(processes: int, private: int) -> Iterator[Callable[..., Iterator[tuple[Any, Any]]]]:
    """A `map` by other processes, until this ends; they let go of `private`, a file number that is not theirs."""
    workers: list[_Worker] = []
    try:
        with _interrupts_later():
            for _ in range(processes):
                workers.append(_hire([private, *(worker.pipe.fileno() for worker in workers)]))
        yield partial(_map, workers)
    finally:
        for worker in workers:
            worker.process.kill()
        for worker in workers:
            worker.process.join()
            worker.pipe.close()


def _map(
    workers: Sequence[_Worker], work: Callable[[Block], Result], blocks: Iterable[Block]
) -> Iterator[tuple[Block, Result]]:
    """Every block with what `work`, a function of a module, makes of it; in order, one block ahead per worker."""
    idle, busy = deque(workers), deque[tuple[Block, _Worker]]()
    for block in blocks:
        done = None
        if not idle:
            first, worker = busy.popleft()
            done = first, worker.result()
            idle.append(worker)
        worker = idle.popleft()
        worker.begin(work, block)
        busy.append((block, worker))
        if done:
            yield done
    for block, worker in busy:
        yield block, worker.result()


def _hire(private: Sequence[int]) -> _Worker:
    ours, theirs = _fork.Pipe()
    process = _fork.Process(target=_serve, args=(theirs, [ours.fileno(), *private]), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _serve(pipe: Connection, private: Sequence[int]) -> None:
    """Work until nobody asks any more: no end of the pipe but the parent's is open, so its end is seen here."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears of Ctrl-C
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    for number in private:
        os.close(number)
    with suppress(EOFError, OSError):
        while True:
            work, block = pipe.recv()
            try:
                answer = True, work(block)
            except Exception as error:
                answer = False, error
            pipe.send(answer)


@contextmanager
def _interrupts_later() -> Iterator[None]:
    """Keep Ctrl-C until the workers are there, known to us and deaf to it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
