"""Chores: what is done every so often, or a while after it became necessary, by whoever finds it due."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog

from domain import avatars, history, manifest, reception, schedule, state
from domain.forgetting import forget
from jobs.erase import erase, forget_notes
from jobs.plan import want_unknown
from jobs.reconcile import reconcile
from jobs.refresh import refresh
from jobs.relay import outdate_similar, refresh_similar, relay
from jobs.world import World
from ports import clock
from ports.bucket import open_bucket
from ports.settings import Settings

log = structlog.get_logger()
HOUR, DAY = 3600.0, 86400.0
UNKNOWN = "unknown_uploads"
NEVER = 100 * 365 * DAY
"""Between two times of what is done only when something calls for it."""


@dataclass(frozen=True)
class Chore:
    """What to do and how often, in seconds, where the settings want it; says in numbers what it found."""

    every: float
    do: Callable[[World], Mapping[str, int]]
    wanted: Callable[[Settings], bool] = lambda settings: True


def _reconcile(world: World) -> Mapping[str, int]:
    found = reconcile(world.connection, world.bucket, clock.now())
    history.prune(world.connection)
    return {"wrong": found.wrong, "strays": found.strays}


def _audit(world: World) -> Mapping[str, int]:
    """Every page is loaded again; one that says something else than when it was built was missed, and is published.

    So is one that should be there and was never heard of, and titles are compared anew. What is logged was not missed.
    """
    while relay(world.connection, refreshed=True):
        pass
    wanted, unknown = manifest.want_all(world.connection), want_unknown(world.connection)
    outdate_similar(world.connection)
    schedule.hasten(world.connection, "similar", 0)
    if unknown:
        log.warning("a change was missed until the audit", pages=unknown, such_as=["pages that were never built"])
    return {"wanted": wanted, "unknown": unknown}


def _similar(world: World) -> Mapping[str, int]:
    return {"changed": refresh_similar(world.connection)}


def _forget(world: World) -> Mapping[str, int]:
    return forget(world.connection, clock.now())


def _reception(world: World) -> Mapping[str, int]:
    """Pages follow by the change log, those of which a figure that they show has changed."""
    return {"changed": reception.refresh(world.connection)}


def _uploads(world: World) -> Mapping[str, int]:
    """Pictures that nobody shows, neither now nor a day ago: who was about to show one has done so by now."""
    bucket = open_bucket(world.settings.uploads_url, "UPLOADS_URL")
    unknown = avatars.unknown(world.connection, list(bucket.keys("avatars/")))
    before = set((state.recall(world.connection, UNKNOWN) or "").split())
    old = before.intersection(unknown)
    bucket.delete(old)
    state.remember(world.connection, UNKNOWN, " ".join(sorted(set(unknown) - old)))
    return {"removed": len(old), "notes": forget_notes(bucket, clock.now(), world.settings.backup_days)}


def _erase(world: World) -> Mapping[str, int]:
    return erase(world)


CHORES = {
    "audit": Chore(DAY, _audit),
    "catalogue": Chore(HOUR, refresh, wanted=lambda settings: bool(settings.feeds)),
    "erase": Chore(HOUR, _erase),
    "forget": Chore(DAY, _forget),
    "reception": Chore(HOUR, _reception),
    "reconcile": Chore(HOUR, _reconcile),
    "similar": Chore(NEVER, _similar),
    "uploads": Chore(DAY, _uploads),
}


def chores_of(settings: Settings) -> dict[str, Chore]:
    """Those that a process with these settings does."""
    return {name: chore for name, chore in CHORES.items() if chore.wanted(settings)}


def do_chores(world: World, stop: Callable[[], bool] = lambda: False) -> int:
    """Do what is due, one after the other; returns how many."""
    many = 0
    while not stop() and (name := schedule.take(world.connection, chores_of(world.settings))):
        found = CHORES[name].do(world)
        schedule.done(world.connection, name, CHORES[name].every)
        log.info("done", chore=name, **found)
        many += 1
    return many
