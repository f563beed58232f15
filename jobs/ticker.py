"""The ticker: relays changes at once, wakes workers for what is due, and does itself what nobody does in time."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Event

import psycopg
import structlog

from domain import backlog, brake, lease, manifest, purges, schedule, seasons, state
from domain.errors import Conflict
from domain.lease import BULK, EDITS
from jobs import plan as planning
from jobs.chores import chores_of, do_chores
from jobs.deadline import OutOfTime, hasten, within
from jobs.drain import drain
from jobs.relay import relay
from jobs.roster import BY_LANE, DO_CHORES, RENDER, Job
from jobs.sweep import sweep
from jobs.world import World
from ports import clock
from ports.errors import PortError, Unavailable

log = structlog.get_logger()
POLL, LOOK, REVIEW, BEAT = 0.05, 0.25, 2.0, 10.0
"""Seconds between two looks at the change log, at what is due, at what becomes due by itself; and two signs of life.

The log is looked at and not listened to: a notification in a writer's transaction costs two thirds of the rate.
"""
OVERDUE = {EDITS: 10.0, BULK: 60.0}
"""Seconds after which the ticker builds what nobody else builds: Redis is down, or no worker lives."""
IDLE = 5.0
"""Seconds without a lease after which nobody is at a lane; between two batches of a worker there is none either."""
SHARE = 2.0
"""Seconds that it builds before it relays again."""
SHARD = 100
"""Pages that are worth waking one more worker."""
PASSING = (psycopg.OperationalError, psycopg.errors.IdleInTransactionSessionTimeout, PortError)
"""What may be better a moment later; the second is said to who was stopped in the middle, and goes on."""
COMPLAIN = 60.0
"""Seconds between two words about the same."""
PER_REVIEW = 500
"""Pages that a new day makes due at once; the others follow, so that midnight is no storm."""


@dataclass
class Ticker:
    """One of any number of tickers: two do no harm, and take turns."""

    world: World
    stop: Event = field(default_factory=Event)
    _looked: float = 0.0
    _reviewed: float = 0.0
    _beaten: float = 0.0
    _planned: bool = False
    _complained: dict[str, float] = field(default_factory=dict)
    _seen: dict[int, float] = field(default_factory=dict)

    def run(self) -> None:
        """Tick until told to stop; what fails is tried again. Raises Misconfigured where CDN_URL names no CDN."""
        self.world.purger.wake()
        while not self.stop.is_set():
            try:
                busy = self.tick()
            except PASSING as error:
                log.warning("tick failed", error=" ".join(str(error).split()))
                self.stop.wait(REVIEW / 2)
            except OutOfTime as error:
                log.error("tick failed", error=str(error))
            else:
                self.stop.wait(0 if busy else POLL)

    def end(self) -> None:
        """End soon, from whatever it is at."""
        self.stop.set()
        self.world.hasten()
        hasten()

    def tick(self) -> bool:
        """Relay what was logged and wake who is to build it; says whether there may be more."""
        if not self._planned:
            self._plan()
        relayed, now = relay(self.world.connection, refreshed=True), time.monotonic()
        if now - self._beaten > BEAT:
            self._beaten = now
            backlog.beat(self.world.connection)
        if now - self._reviewed > REVIEW:
            self._reviewed = now
            self._review()
        if relayed or now - self._looked > LOOK:
            self._looked = now
            if not self._braked():
                self._see_to(EDITS)
                self._see_to(BULK)
            self._see_to_chores()
            self.world.purger.wake()
        return relayed > 0

    def _plan(self) -> None:
        """What a deploy, another bucket or an empty manifest wants; once, when this process begins."""
        world = self.world
        with world.connection.transaction():
            planned = planning.plan(world.connection, world.bucket, world.builder, clock.today())
            planning.mark_bucket(world.connection, world.bucket)
        purges.stand_behind(world.connection, world.settings.cdn_url)
        schedule.ensure(world.connection, {name: chore.every for name, chore in chores_of(world.settings).items()})
        self._planned = True
        log.info("planned", due=planned.total, changes=planned.changes, outdated=sum(planned.outdated.values()))

    def _review(self) -> None:
        """The day may be another one, and pages may have left their addresses."""
        connection, today = self.world.connection, clock.today()
        if state.recall(connection, "as_of") != today.isoformat():
            seasons.ensure(connection, seasons.season_of(today))
            state.remember(connection, "as_of", today.isoformat())
        manifest.want_expired(connection, today, PER_REVIEW)
        try:
            sweep(connection, self.world.bucket, clock.now())
        except Conflict as error:
            self._complain("not removed", str(error))

    def _braked(self) -> bool:
        """Whether the brake is on; says so now and then."""
        if why := brake.engaged(self.world.connection):
            self._complain("the brake is on", why)
        return why is not None

    def _complain(self, what: str, why: str) -> None:
        """Not at every look."""
        now = time.monotonic()
        if now - self._complained.get(what, -COMPLAIN) > COMPLAIN:
            self._complained[what] = now
            log.error(what, why=why)

    def _see_to(self, lane: int) -> None:
        """Somebody is to build what is due in this lane."""
        waiting = lease.waiting(self.world.connection, lane)
        if waiting is None:
            return
        for job in BY_LANE[lane]:
            self._wake(job, -(-waiting.pages // SHARD))
        if waiting.seconds < OVERDUE[lane] or self._somebody_is_at(lane):
            return
        with within(RENDER.seconds):
            verdicts = drain(self.world, (lane,), self.stop.is_set, SHARE)
        if verdicts:
            log.info("built what nobody else built", **verdicts)

    def _somebody_is_at(self, lane: int) -> bool:
        """Whether pages of a lane are being built, or were a moment ago: a large build takes as long as it takes."""
        now = time.monotonic()
        if lease.held(self.world.connection, lane):
            self._seen[lane] = now
        return now - self._seen.get(lane, 0.0) < IDLE

    def _see_to_chores(self) -> None:
        waiting = schedule.overdue(self.world.connection, chores_of(self.world.settings))
        if waiting is None:
            return
        self._wake(DO_CHORES)
        if waiting > OVERDUE[BULK]:
            with within(DO_CHORES.seconds):
                do_chores(self.world, self.stop.is_set)

    def _wake(self, job: Job, workers: int = 1) -> None:
        try:
            self.world.wakes.wake(job.queue, job.function, job.seconds, workers)
        except Unavailable as error:
            log.warning("nobody can be woken", error=str(error))
