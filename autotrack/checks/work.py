"""The work: a relay and workers live, nothing waits too long, nothing has failed for good, every chore is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from psycopg.errors import UndefinedColumn, UndefinedTable

from autotrack.checks import WRONG, Finding, judged
from domain import backlog, brake, schedule
from domain.backlog import Backlog
from domain.privacy import erasing
from jobs.chores import CHORES, NEVER
from jobs.roster import QUEUES
from ports import clock
from ports.database import BRIEF, connect
from ports.queue import Wakes
from ports.settings import Settings

SILENT, SLOW, LATE, STALE = 30.0, 60.0, 900.0, 21_600.0
"""Seconds after which a relay is missed, a page should show a change, a chore be under way, and who left be erased."""


def check_pages(settings: Settings) -> Iterator[Finding]:
    """Raises PortError or psycopg.Error where PostgreSQL does not answer."""
    try:
        with closing(connect(settings.database_url, BRIEF)) as connection:
            waiting = backlog.measure(connection)
            late, braked = dict(schedule.late(connection, LATE)), brake.engaged(connection)
            leaving, since = erasing.waiting(connection, clock.now())
    except (UndefinedTable, UndefinedColumn):
        yield Finding(
            "pages", WRONG, "nothing is known of them before the schema is the right one", "autotrack migrate"
        )
        return
    yield _relay(waiting.relay)
    yield judged(
        "brake", not braked, "off", braked or "", "look at the page that it names; docs/operations.md says more"
    )
    yield judged(
        "freshness", waiting.oldest < SLOW, f"{sum(waiting.dirty.values()):,} pages wait, none for long",
        f"a change has waited for {waiting.oldest:.0f} s to be shown", "see whether relay, workers and bucket are well",
    )  # fmt: skip
    yield judged(
        "dead letters", not waiting.dead, "none", f"{waiting.dead:,} pages failed too often",
        "autotrack dead list says why; then autotrack dead retry --all",
    )  # fmt: skip
    yield judged(
        "erasures", since < STALE, f"{leaving:,} under way, none for long",
        f"somebody who left {since / 3600:.0f} hours ago is not erased yet",
        "autotrack user erasures says what holds it up",
    )  # fmt: skip
    yield _chores(waiting, late)


def _relay(seconds: float | None) -> Finding:
    said = "no relay has ever run" if seconds is None else f"no relay has ticked for {seconds:.0f} s"
    alive = seconds is not None and seconds < SILENT
    return judged("relay", alive, "alive", said, "start `autotrack relay`; its log says why it ended")


def _chores(waiting: Backlog, late: dict[str, float]) -> Finding:
    stale = {
        name: seconds
        for name, seconds in waiting.chores.items()
        if seconds and name in CHORES and CHORES[name].every < NEVER and seconds > 2 * CHORES[name].every
    }
    wrong = sorted(late.keys() | stale.keys())
    return judged(
        "chores", not wrong, "all done in time", f"not done in time: {', '.join(wrong)}",
        "see whether a worker of the queue `bulk` lives, and what its log says of them",
    )  # fmt: skip


def check_workers(settings: Settings) -> Iterator[Finding]:
    """Raises Unavailable where Redis does not answer: nobody knows who works then."""
    wakes = Wakes(settings.redis_url)
    for queue in QUEUES:
        many = wakes.workers(queue)
        yield judged(
            f"workers {queue}", many > 0, f"{many} alive", "none is alive; the relay does its work after a while",
            f"start `autotrack worker {queue}`",
        )  # fmt: skip
