"""The roster: every job, the queue it waits in, and how long it may take."""

from __future__ import annotations

from dataclasses import dataclass

from domain.lease import BULK, EDITS


@dataclass(frozen=True)
class Job:
    """Work without data: whoever runs it finds in PostgreSQL what is to be done.

    `function` is where RQ finds it, `seconds` after how long it is ended.
    """

    name: str
    queue: str
    function: str
    seconds: int

    @property
    def worker(self) -> str:
        """The name under which those who do it are connected to PostgreSQL."""
        return f"worker {self.queue}"


RENDER = Job("render", "render", "jobs.worker.render", 60)
BULK_RENDER = Job("bulk", "bulk", "jobs.worker.bulk", 60)
DO_CHORES = Job("chores", "bulk", "jobs.worker.chores", 600)
JOBS = (RENDER, BULK_RENDER, DO_CHORES)
QUEUES = tuple(dict.fromkeys(job.queue for job in JOBS))
BY_LANE = {EDITS: (RENDER, BULK_RENDER), BULK: (BULK_RENDER,)}
