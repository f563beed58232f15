"""Building the site: plan, phase by phase by as many processes as asked, then what nobody stands on is removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime

import psycopg

from domain import brake, lease, manifest, progress, purges
from domain.errors import Conflict, NotFound
from jobs import plan as planning
from jobs.crew import Tally, drain_together
from jobs.plan import Plan
from jobs.render import Queue, Renderer
from jobs.sitemaps import cut_sitemap
from jobs.sweep import sweep
from jobs.world import site_of
from ports.bucket import Bucket, open_bucket
from ports.cdn import open_cdn
from ports.database import connect
from ports.settings import Settings
from sitegen.build import Builder
from sitegen.page import PICTURES, SITEMAPS, TOGETHER
from sitegen.site import BY_KIND, PAGE_TYPES, PHASES

WORTH_A_PROCESS = 2000
"""In pages of the kind that is loaded by the most at a time, LARGEST."""
LARGEST = max(kind.batch for kind in PAGE_TYPES)
Heard = Callable[[int, int], None]
"""Told (pages done, pages due) whenever a batch is through."""


@dataclass(frozen=True)
class Build:
    """What to build and how; `keys` or `kinds` narrow it, `skip` leaves kinds for later, `clean` makes all anew."""

    settings: Settings
    as_of: date
    at: datetime
    workers: int = 1
    kinds: Sequence[str] = ()
    skip: Sequence[str] = ()
    keys: Sequence[str] = ()
    clean: bool = False
    yes: bool = False

    def wants(self, kind: str) -> bool:
        """Whether pages of this kind are to be built now."""
        return kind not in self.skip and (not self.kinds or kind in self.kinds)

    def builder(self) -> Builder:
        return Builder(site_of(self.settings))


@dataclass(frozen=True)
class Report:
    """What a build did: pages by verdict, objects removed, and the pages that failed with their cause."""

    plan: Plan
    verdicts: Counter[str]
    removed: int
    failed: list[tuple[str, str]]


def build(order: Build, heard: Heard = lambda done, due: None) -> Report:
    """Bring the bucket to what the database says. Raises Conflict before removing too many pages."""
    settings = order.settings
    builder, bucket = order.builder(), open_bucket(settings.bucket_url)
    cdn = open_cdn(settings.cdn_url, settings.site_url, settings.cdn_token)
    with closing(connect(settings.database_url)) as connection:
        keys = _resolve(connection, order.keys)
        planned = mark(order, connection, bucket, builder, keys)
        if keys:
            planning.want_again(connection, bucket, keys)
            renderer = Renderer(connection, bucket, builder, order.as_of, order.at)
            named = replace(order, kinds=sorted({key.partition("/")[0] for key in keys}))
            queues = [Queue(_batches(named, phase), keys=keys) for phase in PHASES]
            verdicts = sum((renderer.drain(queue) for queue in queues), Counter[str]())
            return Report(planned, verdicts, 0, manifest.failures(connection))
    tally = Tally(lambda done: heard(done, planned.total))
    for phase in PHASES:
        _build_phase(order, builder, planned, phase, tally)
    with closing(connect(settings.database_url)) as connection:
        _refuse_braked(connection)
        removed = 0 if order.kinds else sweep(connection, bucket, order.at, yes=order.yes)
        if cdn.batch:  # who builds without the setting leaves it to the relay to say what the site stands behind
            purges.stand_behind(connection, settings.cdn_url)
        return Report(planned, tally.total(), removed, manifest.failures(connection))


def mark(
    order: Build, connection: psycopg.Connection, bucket: Bucket, builder: Builder, keys: Sequence[str] = ()
) -> Plan:
    """Mark what is to be built; a bucket that cannot be written to leaves the manifest as it was.

    Raises Conflict before removing too many pages, unless pages are named: who does that knows which.
    """
    with connection.transaction():
        left, alone = progress.look(connection).left, not progress.workers(connection)
        planned = planning.plan(connection, bucket, builder, order.as_of, clean=order.clean, skip=order.skip, keys=keys)
        lease.retry_failed(connection, keys or None, alone=alone)
        planned = replace(planned, due={kind: many for kind, many in planned.due.items() if order.wants(kind)})
        if not order.yes and not keys:
            planning.guard(connection, planned.due)
        planning.mark_bucket(connection, bucket)
        if order.yes:
            brake.release(connection)
        _refuse_braked(connection)
        progress.begin(connection, left)
    return planned


def _refuse_braked(connection: psycopg.Connection) -> None:
    """Raise Conflict while the brake is on."""
    if why := brake.engaged(connection):
        raise Conflict(why)


def hand_out(order: Build) -> Plan:
    """Mark what is to be built and leave it to the workers, on whatever machines. Raises Conflict as `build` does."""
    with closing(connect(order.settings.database_url)) as connection:
        return mark(order, connection, open_bucket(order.settings.bucket_url), order.builder())


def dry_plan(order: Build) -> Plan:
    """What `build` would do, found out by doing it in a transaction that is rolled back."""
    with closing(connect(order.settings.database_url)) as connection:
        with connection.transaction(force_rollback=True):
            bucket = open_bucket(order.settings.bucket_url)
            return planning.plan(connection, bucket, order.builder(), order.as_of, clean=order.clean)


def _resolve(connection: psycopg.Connection, names: Sequence[str]) -> list[str]:
    """Page keys of what was asked for by key or by path."""
    return [find_key(connection, name) for name in names]


def find_key(connection: psycopg.Connection, name: str) -> str:
    """The page key behind a key or a path, `anime/cowboy-bebop` or `/anime/cowboy-bebop`; NotFound if none."""
    path = "/" + name.strip("/")
    row = connection.execute("SELECT key FROM page WHERE key = %s OR path = %s", [name, path]).fetchone()
    if row is None:
        raise NotFound(f"no page has the key or path {name!r}")
    return str(row[0])


def _batches(order: Build, phase: int) -> dict[str, int]:
    """Kind → pages in a batch, in the order of the table of contents."""
    return {kind.kind: kind.batch for kind in PAGE_TYPES if kind.phase == phase and order.wants(kind.kind)}


def _build_phase(order: Build, builder: Builder, planned: Plan, phase: int, tally: Tally) -> None:
    """Drain the kinds of one phase; no connection may be open here, for processes are forked."""
    batches, database = _batches(order, phase), order.settings.database_url
    if phase == SITEMAPS and not order.kinds:
        with closing(connect(database)) as connection:
            cut_sitemap(connection)

    def make() -> Renderer:
        return Renderer(connect(database), open_bucket(order.settings.bucket_url), builder, order.as_of, order.at)

    helpers = _helpers(order, planned, batches) if phase in TOGETHER else 0
    if helpers:
        builder.prepare(BY_KIND[kind] for kind in batches if kind in planned.due)
    queue = Queue(batches)
    if not drain_together(make, queue, helpers, tally):
        with closing(connect(database)) as connection:
            lease.retry_failed(connection)  # takes back the leases of the helper that died
        drain_together(make, queue, 0, tally)


def _helpers(order: Build, planned: Plan, batches: Mapping[str, int]) -> int:
    """How many processes beside this one are worth starting: a page that takes long is worth more."""
    work = sum(planned.due.get(kind, 0) * LARGEST // batch for kind, batch in batches.items())
    return min(order.workers - 1, work // WORTH_A_PROCESS)


def stands(settings: Settings) -> bool:
    """Whether a whole site stands in the bucket, of whatever recipe: the index of its sitemaps is built last."""
    with closing(connect(settings.database_url)) as connection:
        last = connection.execute("SELECT FROM page WHERE kind = 'sitemap_index' AND path IS NOT NULL").fetchone()
        return last is not None and planning.is_ours(connection, open_bucket(settings.bucket_url))


def kinds() -> list[str]:
    """The names that `--only` takes."""
    return list(BY_KIND)


def pictures() -> list[str]:
    """The kinds that take long and that no page waits for."""
    return [kind.kind for kind in PAGE_TYPES if kind.phase == PICTURES]
