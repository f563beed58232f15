"""Change to live: edits at a steady pace while relay and workers run, and many at once."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import psycopg

from autotrack.embedded import servers
from autotrack.workers import Workers
from bench.measure import Failed
from bench.watch import Watch, percentile
from bench.work import Work
from domain import paths, state
from domain.manifest import SHARDS
from ports.bucket import open_bucket
from sitegen.build import shard_of

EDITS, PACE = 150, 0.2
"""Edits in a row, and the seconds between two of them: five a second."""
MANY = 10_000
SETTLE = 300.0
_SOME = (
    "SELECT slug, season || '-' || season_year FROM anime"
    " WHERE NOT adult AND season IS NOT NULL AND format <> 'unknown' ORDER BY md5(slug) LIMIT %s"
)
Times = dict[str, list[float]]


@contextmanager
def crew(work: Work) -> Iterator[None]:
    """Relay and workers as `autotrack run` starts them, settled."""
    with servers(replace(work.settings, redis_url="embedded:")) as settings:
        workers = Workers(settings)
        workers.keep()
        try:
            settle(work)
            yield
        finally:
            workers.stop()


def settle(work: Work) -> float:
    """Wait until every change has reached its pages; returns the seconds."""
    began = time.perf_counter()
    with closing(work.connect()) as connection:
        while _left(connection):
            if time.perf_counter() - began > SETTLE:
                raise Failed(f"pages were still dirty after {SETTLE:.0f} s")
            time.sleep(0.05)
    return time.perf_counter() - began


def _left(connection: psycopg.Connection) -> bool:
    return connection.execute(
        "SELECT EXISTS (SELECT FROM change_log) OR EXISTS (SELECT FROM page WHERE built < wanted)"
    ).fetchone() == (True,)


def single_edits(work: Work) -> Times:
    """Seconds from the commit of an edit until its page, a list that shows it and its sitemap can be read."""
    rng = random.Random(1)
    with crew(work), closing(work.connect()) as connection, Watch(open_bucket(work.settings.bucket_url)) as watch:
        some = connection.execute(_SOME, [EDITS]).fetchall()
        rng.shuffle(some)
        shards = int(state.recall(connection, "sitemap_shards") or 1)
        start = time.perf_counter()
        for number, (slug, season) in enumerate(some):
            time.sleep(max(0.0, start + number * PACE - time.perf_counter()))
            _edit(connection, watch, slug, season, f"Edited {number:03}", shards)
        if missing := watch.until_all_came(90):
            raise Failed(f"{missing} pages never showed an edit")
        return watch.took


def _edit(connection: psycopg.Connection, watch: Watch, slug: str, season: str, title: str, shards: int) -> None:
    """Rename an anime and await its page, the page of its season, and its line in the sitemap."""
    path, name = paths.anime(slug), title.encode()
    shard = shard_of(path) // (SHARDS // shards)
    before = _stamp(watch, shard, path)
    connection.execute("UPDATE anime SET title_english = %s WHERE slug = %s", [title, slug])
    began = time.perf_counter()
    watch.expect("own page", paths.key_of(path), lambda body: name in body, began)
    watch.expect("list", f"season/{season}", lambda body: name in body, began)
    if before:  # a page with too little on it stands in no sitemap
        watch.expect("sitemap", f"sitemaps/{shard}.xml", lambda body: _line(body, path) != before, began)


def _stamp(watch: Watch, shard: int, path: str) -> bytes:
    found = watch.bucket.get(f"sitemaps/{shard}.xml")
    return _line(found.body, path) if found else b""


def _line(sitemap: bytes, path: str) -> bytes:
    """What the sitemap says of a path."""
    _, _, rest = sitemap.partition(f"{path}</loc>".encode())
    return rest[:60]


def many_at_once(work: Work) -> tuple[int, float]:
    """(pages, seconds) of one transaction that changes many anime, until all is settled."""
    with crew(work), closing(work.connect()) as connection:
        counted = _published(connection)
        with connection.transaction():
            connection.execute(
                "UPDATE anime SET synopsis = coalesce(synopsis, '') || ' More.',"
                " synopsis_source = coalesce(synopsis_source, 'https://example.test') WHERE id IN"
                " (SELECT id FROM anime WHERE NOT adult ORDER BY md5(slug) LIMIT %s)",
                [MANY],
            )
        seconds = settle(work)
        return _published(connection) - counted, seconds


def _published(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT count(*) FROM page WHERE lane = 0 AND verdict = 'publish'").fetchone()
    return int(row[0]) if row else 0


def summary(times: Times) -> dict[str, tuple[float, float]]:
    """The median and the 99th percentile of each."""
    return {what: (percentile(took, 0.5), percentile(took, 0.99)) for what, took in times.items()}
