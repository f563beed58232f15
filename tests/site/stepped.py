"""Workers that stand still between two steps of theirs, until a test lets them go on or kills them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Semaphore, Thread
from typing import Any

import psycopg

from domain.built import Built
from domain.lease import Due
from jobs.render import Queue, Renderer
from jobs.uploads import Uploads
from ports.bucket import Bucket
from ports.database import connect
from sitegen.build import Outcome
from sitegen.site import PAGE_TYPES
from tests.site.whole import BEGAN, WarmBuild, WholeSite

Pause = Callable[[], None]


class Killed(BaseException):
    """What a worker meets at the place where it is killed."""


@dataclass(frozen=True)
class SteppedRenderer(Renderer):
    """Stands still once it has leased, once it has read, before and after each upload, and before it records."""

    pause: Pause = field(kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "uploads", SteppedUploads(self.bucket, self.pause))

    def _build(self, due: list[Due]) -> list[Outcome]:
        self.pause()
        outcomes = super()._build(due)
        self.pause()
        return outcomes


class SteppedUploads(Uploads):
    def __init__(self, bucket: Bucket, pause: Pause) -> None:
        super().__init__(bucket)
        self.pause = pause

    def upload(self, outcomes: Sequence[Outcome], number: int, renew: Callable[[], None]) -> list[Built]:
        built = super().upload(outcomes, number, renew)
        self.pause()
        return built

    def _put(self, *arguments: Any) -> str:
        self.pause()
        tag = super()._put(*arguments)
        self.pause()
        return tag


class Worker:
    """A worker in a thread; it moves only while the test waits for it, so every run of a test is the same."""

    def __init__(self, site: WholeSite, kinds: Sequence[str]) -> None:
        self._site, self._kinds = site, kinds
        self._go, self._still = Semaphore(0), Semaphore(0)
        self._dies = self.ended = False
        self._error: BaseException | None = None
        self._thread = Thread(target=self._work, daemon=True)
        self._thread.start()
        self._wait()

    def step(self, many: int) -> None:
        """Let it go on for so many steps, or to its end."""
        for _ in range(many):
            if self.ended:
                return
            self._go.release()
            self._wait()

    def _wait(self) -> None:
        self._still.acquire()
        if self._error:
            raise self._error

    def kill(self) -> None:
        """End it where it stands; what it holds in the database is let go as when a process dies."""
        self._dies = True
        self.step(1)
        self._thread.join()

    def _pause(self) -> None:
        self._still.release()
        self._go.acquire()
        if self._dies:
            raise Killed

    def _work(self) -> None:
        try:
            with connect(self._site.database_url) as connection:
                self._pause()
                self._drain(connection)
        except Killed:
            pass
        except BaseException as error:
            self._error = error
        finally:
            self.ended = True
            self._still.release()

    def _drain(self, connection: psycopg.Connection) -> None:
        builder = WarmBuild(self._site.settings, self._site.as_of, BEGAN).builder()
        renderer = SteppedRenderer(
            connection, self._site.bucket, builder, self._site.as_of, BEGAN, pause=self._pause
        )  # fmt: skip
        batches = {kind.kind: kind.batch for kind in PAGE_TYPES if kind.kind in self._kinds}
        renderer.drain(Queue(batches, patient=True))
