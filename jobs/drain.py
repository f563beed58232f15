"""Draining: for as long as the time lasts, pages that are due are built, in the order of the phases."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence

from domain import lease
from domain.lease import BULK, EDITS
from jobs.render import Queue
from jobs.sitemaps import cut_sitemap
from jobs.world import World
from sitegen.page import SITEMAPS
from sitegen.site import PAGE_TYPES

BUDGET = 25.0
"""Seconds; a drain that is longer than that goes on in another job, so that nobody waits behind it."""
SMALL = 100
"""Pages of edits in a batch: a new edit waits for no more than that."""
LEFT = 0.5
"""Seconds for which pages that only show what was edited are left to others, by who waits for the next edit."""
Stop = Callable[[], bool]


def drain(
    world: World, lanes: Sequence[int], stop: Stop = lambda: False, budget: float = BUDGET, left: float = 0.0
) -> Counter[str]:
    """Build what is due in these lanes, until there is no more, time is up, or `stop` says so between two batches.

    What was edited itself goes first, whatever its kind: it waits for the batch at hand and for nothing else. Other
    pages are taken once one of them has waited for `left` seconds.
    """
    total, renderer, end = Counter[str](), world.renderer(), time.monotonic() + budget

    def go_on(_: Counter[str]) -> bool:
        world.purger.wake()
        return not stop() and time.monotonic() < end

    def undisturbed(verdicts: Counter[str]) -> bool:
        return go_on(verdicts) and not _awaited(world, lanes).batches

    def next_ones() -> Counter[str]:
        return renderer.drain(_awaited(world, lanes), go_on) or renderer.drain(_due(world, lanes, left), undisturbed)

    while verdicts := next_ones():
        total += verdicts
        if not go_on(verdicts):
            break
    return total


def _awaited(world: World, lanes: Sequence[int]) -> Queue:
    """The pages of what was edited itself."""
    kinds = lease.kinds_awaited(world.connection) if EDITS in lanes else set()
    return Queue(dict.fromkeys(sorted(kinds), SMALL), (EDITS,), patient=True, last=lease.FIRST[0])


def _left_alone(world: World, lane: int, seconds: float) -> bool:
    """Whether a page of the lane has waited for so long."""
    waiting = lease.waiting(world.connection, lane) if seconds else None
    return not seconds or (waiting is not None and waiting.seconds >= seconds)


def _due(world: World, lanes: Sequence[int], left: float) -> Queue:
    """Everything in the lanes where something was left alone for so long, in the order of the phases.

    Of the bulk one phase at a time: the next begins when nobody is at this one any more, so that many workers build
    a page once, after those that it loads from.
    """
    lanes = [lane for lane in lanes if _left_alone(world, lane, left)]
    due = {kind for lane in lanes for kind in lease.kinds_due(world.connection, lane)}
    found = sorted((kind for kind in PAGE_TYPES if kind.kind in due), key=lambda kind: kind.phase)
    if found and BULK in lanes:
        phase = found[0].phase
        if phase == SITEMAPS:
            cut_sitemap(world.connection)
        found = [kind for kind in found if kind.phase == phase]
    most = {kind.kind: kind.batch if BULK in lanes else min(kind.batch, SMALL) for kind in found}
    return Queue(most, lanes, patient=True)
