"""A worker: one process that does the jobs of one queue, by RQ, until it is told to stop."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from types import FrameType

import psycopg
import rq
import structlog
from psycopg.errors import IdleInTransactionSessionTimeout
from rq.serializers import JSONSerializer
from rq.timeouts import UnixSignalDeathPenalty

from domain.lease import BULK, EDITS
from jobs import deadline
from jobs.chores import do_chores
from jobs.deadline import OutOfTime
from jobs.drain import LEFT, drain
from jobs.roster import BULK_RENDER, DO_CHORES, RENDER, Job
from jobs.world import World
from ports.errors import Unavailable
from ports.queue import answering, open_redis, ping
from ports.settings import Settings

log = structlog.get_logger()
HEARD = 30
"""Seconds after which the others miss a worker. RQ asks for a job for HEARD - 15, and gives Redis 10 more to answer."""
_current: Worker | None = None


class _DeathPenalty(UnixSignalDeathPenalty):
    def handle_death_penalty(self, signum: int, frame: FrameType | None) -> None:
        raise OutOfTime(f"the job took more than {self._timeout} s")


class Worker(rq.SimpleWorker):
    """RQ's worker without a fork per job: a drain is short, and starting a process takes longer than most."""

    death_penalty_class = _DeathPenalty

    def __init__(self, settings: Settings, queue: str) -> None:
        ping(settings.redis_url)  # RQ would find out after half a minute
        connection = open_redis(settings.redis_url, answer=HEARD - 5)
        super().__init__(
            [rq.Queue(queue, connection=connection, serializer=JSONSerializer)],
            connection=connection, serializer=JSONSerializer, worker_ttl=HEARD, maintenance_interval=HEARD,
            default_result_ttl=0,
        )  # fmt: skip
        self.world = World(settings, f"worker {queue}")
        self.world.purger.wake()
        self.stopping = False

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Between two batches a drain sees that it is to end; what takes longer ends where it stands."""
        self.stopping = True
        deadline.hasten()
        self.world.hasten()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def run(self) -> None:
        """Work until a signal says stop. Raises Unavailable where Redis goes away for longer than RQ is patient."""
        global _current
        _current = self
        assert self.world.connection  # from here on it is counted as one of those who work
        with answering():
            self.work(with_scheduler=False, logging_level="WARNING")
        self.world.close()


def render() -> None:
    """What was edited itself, and what shows it where nobody else took that."""
    _do(RENDER, lambda worker: drain(worker.world, (EDITS,), lambda: worker.stopping, left=LEFT))


def bulk() -> None:
    """What shows the edited, so that the next edit finds its own worker free; then what builds and new days want."""
    _do(BULK_RENDER, lambda worker: _each(worker, EDITS) + _each(worker, BULK))


def _each(worker: Worker, lane: int) -> Counter[str]:
    return drain(worker.world, (lane,), lambda: worker.stopping)


def chores() -> None:
    """What is due on the schedule."""
    _do(DO_CHORES, lambda worker: {"chores": do_chores(worker.world, lambda: worker.stopping)})


def _do(job: Job, work: Callable[[Worker], Mapping[str, int]]) -> None:
    """One line for each job, also for one that ends by an error, which RQ tells itself."""
    assert _current is not None, "only a worker runs jobs"
    began, verdicts, said = time.monotonic(), dict[str, int](), {"outcome": "failed"}
    try:
        verdicts, said = dict(work(_current)), {"outcome": "done"}
    except (psycopg.OperationalError, IdleInTransactionSessionTimeout, Unavailable) as error:
        # what is left stays due, and the ticker wakes somebody for it when its time has come
        said = {"outcome": "away", "error": " ".join(str(error).split())}
    finally:
        took = round((time.monotonic() - began) * 1000)
        log.info("job", name=job.name, queue=job.queue, verdicts=verdicts, ms=took, **said)
