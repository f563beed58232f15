"""A worker: one process that does the jobs of one queue, by RQ, until it is told to stop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from types import FrameType

import psycopg
import rq
import structlog
from rq.serializers import JSONSerializer
from rq.timeouts import UnixSignalDeathPenalty

from domain.lease import BULK, EDITS
from jobs.chores import do_chores
from jobs.drain import drain
from jobs.world import World
from ports.errors import Unavailable
from ports.queue import answering, open_redis
from ports.settings import Settings

log = structlog.get_logger()
HEARD = 30
"""Seconds after which a worker that waits looks up: for the dead, and for a Redis that is gone."""
_current: Worker | None = None


class OutOfTime(BaseException):
    """The job took longer than it may. No `except Exception` on its way holds it up."""


class _DeathPenalty(UnixSignalDeathPenalty):
    def handle_death_penalty(self, signum: int, frame: FrameType | None) -> None:
        raise OutOfTime(f"the job took more than {self._timeout} s")


class Worker(rq.SimpleWorker):
    """RQ's worker without a fork per job: a drain is short, and starting a process takes longer than most."""

    death_penalty_class = _DeathPenalty

    def __init__(self, settings: Settings, queue: str) -> None:
        connection = open_redis(settings.redis_url, answer=HEARD + 15)
        super().__init__(
            [rq.Queue(queue, connection=connection, serializer=JSONSerializer)],
            connection=connection, serializer=JSONSerializer, worker_ttl=HEARD, maintenance_interval=HEARD,
            default_result_ttl=0,
        )  # fmt: skip
        self.world = World(settings)
        self.stopping = False

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Between two batches a drain sees that it is to end."""
        self.stopping = True
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def run(self) -> None:
        """Work until a signal says stop. Raises Unavailable where Redis goes away for longer than RQ is patient."""
        global _current
        _current = self
        with answering():
            self.work(with_scheduler=False, logging_level="WARNING")
        self.world.close()


def render() -> None:
    """The pages that edits reached."""
    _drain((EDITS,))


def bulk() -> None:
    """What builds, deploys and new days want."""
    _drain((BULK,))


def chores() -> None:
    """What is due on the schedule."""
    worker = _serving()
    do_chores(worker.world, lambda: worker.stopping)


def _serving() -> Worker:
    assert _current is not None, "only a worker runs jobs"
    return _current


def _drain(lanes: Sequence[int]) -> None:
    worker = _serving()
    try:
        verdicts: Counter[str] = drain(worker.world, lanes, lambda: worker.stopping)
    except (psycopg.OperationalError, Unavailable) as error:
        # what is left stays due, and the ticker wakes somebody for it when its time has come
        log.warning("drain ended", lanes=list(lanes), error=" ".join(str(error).split()))
        return
    if verdicts:
        log.info("drained", lanes=list(lanes), **verdicts)
