"""Building the site: plan, render by as many processes as asked, sitemaps, then what nobody stands on is removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime

import psycopg

from domain import manifest, paths
from domain.errors import NotFound
from domain.manifest import SHARDS
from jobs import plan as planning
from jobs.crew import Tally, drain_together
from jobs.plan import Plan
from jobs.render import Renderer
from ports.bucket import open_bucket
from ports.database import connect
from ports.settings import Settings
from sitegen.build import Builder
from sitegen.page import Site
from sitegen.site import BY_KIND, PAGE_TYPES, PHASES

PER_SHARD = 1000
WORTH_A_PROCESS = 200
Heard = Callable[[int, int], None]
"""Told (pages done, pages due) whenever a batch is through."""


@dataclass(frozen=True)
class Build:
    """What to build and how; `keys` or `kinds` narrow it, `clean` renders and uploads everything anew."""

    settings: Settings
    as_of: date
    at: datetime
    workers: int = 1
    kinds: Sequence[str] = ()
    keys: Sequence[str] = ()
    clean: bool = False
    yes: bool = False

    def builder(self) -> Builder:
        return Builder(Site(self.settings.site_url, self.settings.site_name, self.settings.default_region))


@dataclass(frozen=True)
class Report:
    """What a build did: pages by verdict, objects removed, and the pages that failed with their cause."""

    plan: Plan
    verdicts: Counter[str]
    removed: int
    failed: list[tuple[str, str]]


def build(order: Build, heard: Heard = lambda done, due: None) -> Report:
    """Bring the bucket to what the database says. Raises Conflict before removing too many pages."""
    builder, bucket = order.builder(), open_bucket(order.settings.bucket_url)
    with closing(connect(order.settings.database_url)) as connection:
        keys = _resolve(connection, order.keys)
        with connection.transaction():  # a bucket that cannot be written to leaves the manifest as it was
            planned = planning.plan(connection, bucket, builder, order.as_of, clean=order.clean)
            if not order.yes:
                planning.guard(connection, planned.due)
            planning.mark_bucket(connection, bucket)
        if keys:
            planning.want_again(connection, bucket, keys)
            renderer = Renderer(connection, bucket, builder, order.as_of, order.at)
            verdicts = sum((renderer.drain(_batches(order, phase), keys) for phase in PHASES), Counter[str]())
            return Report(planned, verdicts, 0, manifest.failures(connection))
    # processes are forked below: no connection may be open then
    verdicts = _first_phase(order, builder, planned, heard)
    with closing(connect(order.settings.database_url)) as connection:
        renderer = Renderer(connection, bucket, builder, order.as_of, order.at)
        verdicts += _later_phases(order, renderer)
        removed = 0 if order.kinds else _prune(renderer, order.yes)
        return Report(planned, verdicts, removed, manifest.failures(connection))


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
    return {
        kind.kind: kind.batch
        for kind in PAGE_TYPES
        if kind.phase == phase and (not order.kinds or kind.kind in order.kinds)
    }


def _first_phase(order: Build, builder: Builder, planned: Plan, heard: Heard) -> Counter[str]:
    """Everything but sitemaps, by several processes."""
    batches, tally = _batches(order, 0), Tally(lambda done: heard(done, planned.total))

    def make() -> Renderer:
        connection = connect(order.settings.database_url)
        return Renderer(connection, open_bucket(order.settings.bucket_url), builder, order.as_of, order.at)

    helpers = min(order.workers - 1, planned.total // WORTH_A_PROCESS)
    if helpers:
        builder.prepare(kind for kind in PAGE_TYPES if kind.kind in planned.due)
    if not drain_together(make, batches, helpers, tally):
        with closing(connect(order.settings.database_url)) as connection:
            manifest.retry_failed(connection)  # takes back the leases of the helper that died
        drain_together(make, batches, 0, tally)
    return tally.total()


def _later_phases(order: Build, renderer: Renderer) -> Counter[str]:
    verdicts: Counter[str] = Counter()
    if not order.kinds:
        _cut_sitemap(renderer.connection)
    for phase in PHASES[1:]:
        verdicts += renderer.drain(_batches(order, phase))
    return verdicts


def _cut_sitemap(connection: psycopg.Connection) -> None:
    """Cut the sitemap finer when its shards grow too long; never coarser, so that shards stay what they are."""
    row = connection.execute("SELECT count(*) FROM page WHERE indexable").fetchone()
    pages = row[0] if row else 0
    before = int(manifest.state(connection, "sitemap_shards") or 1)
    after = before
    while pages / after > PER_SHARD * 1.5:
        after *= 2
    if after != before:
        manifest.remember(connection, "sitemap_shards", str(min(after, SHARDS)))
        manifest.want(connection, [*(f"sitemap/{shard}" for shard in range(after)), "sitemap_index/"])


def _prune(renderer: Renderer, yes: bool) -> int:
    """Remove the objects at paths that a page has left, unless another page stands there now."""
    orphans = manifest.orphans(renderer.connection)
    if not yes:
        planning.refuse_if_too_many(len(orphans), manifest.live_count(renderer.connection) + len(orphans))
    renderer.bucket.delete([paths.key_of(path) for path in orphans])
    manifest.forget_orphans(renderer.connection, orphans)
    return len(orphans)


def kinds() -> list[str]:
    """The names that `--only` takes."""
    return list(BY_KIND)
