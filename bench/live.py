"""Change to live: edits at a steady pace while relay and workers run, and many at once."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace

import psycopg

from autotrack.embedded import servers
from autotrack.workers import Workers
from bench.measure import Failed
from bench.purges import Listener, listener
from bench.watch import Watch
from bench.work import Work
from domain import paths, state
from domain.manifest import SHARDS
from jobs.site import pictures
from ports import clock
from ports.bucket import open_bucket
from sitegen.build import shard_of

EDITS, PACE = 200, 0.2
"""Edits in a row, and the seconds between two of them: five a second."""
MANY = 10_000
SETTLE = 600.0
_SOME = (
    "SELECT slug, season || '-' || season_year FROM anime"
    " WHERE NOT adult AND season IS NOT NULL AND format <> 'unknown' ORDER BY md5(slug) LIMIT %s"
)
_WAITING = (
    "SELECT EXISTS (SELECT FROM change_log) OR EXISTS (SELECT FROM purge WHERE NOT again)"
    " OR EXISTS (SELECT FROM page WHERE built < wanted AND kind <> ALL (%s))"
)
PICTURES = pictures()
LATER = [*PICTURES, "sitemap", "sitemap_index"]
"""Pictures stand back behind pages, and sitemaps wait ten seconds for more changes, by intention."""
Times = dict[str, list[float]]


@contextmanager
def crew(work: Work) -> Iterator[Listener]:
    """Relay and workers as `autotrack run` starts them, settled, with a cache in front that is told what to forget."""
    with listener() as cache, servers(replace(work.settings, redis_url="embedded:", cdn_url=cache.url)) as settings:
        workers = Workers(settings)
        workers.keep()
        try:
            _as_if_drawn(work)
            settle(work)
            yield cache
        finally:
            workers.stop()


def _as_if_drawn(work: Work) -> None:
    """Pictures of a first build take minutes beside everything else; those of edits are drawn all the same."""
    with closing(work.connect()) as connection:
        while not set(PICTURES) <= set((state.recall(connection, "kinds") or "").split()):
            time.sleep(0.1)
        connection.execute("UPDATE page SET built = wanted WHERE kind = ANY (%s) AND built < wanted", [PICTURES])


def settle(work: Work, but: list[str] | None = None) -> float:
    """Wait until every change has reached its pages, `but` some kinds, and caches were told; returns the seconds."""
    began = time.perf_counter()
    with closing(work.connect()) as connection:
        while connection.execute(_WAITING, [but or []]).fetchone() == (True,):
            if time.perf_counter() - began > SETTLE:
                raise Failed(f"pages were still dirty after {SETTLE:.0f} s")
            time.sleep(0.05)
    return time.perf_counter() - began


KINDS = (
    "synopsis = '{0}', synopsis_source = 'https://example.test'",
    "episode_count = 1000 + {1}",
    "title_english = '{0}'",
    "synonyms = ARRAY['{0}']",
    "synopsis = 'Told: {0}', synopsis_source = 'https://example.test'",
)
"""Edits take turns; a title is shown by several hundred pages, the others by three or four."""


@dataclass
class Edits:
    """Edits anime and awaits the page of each; of a title also the page of its season and its line in the sitemap."""

    connection: psycopg.Connection
    watch: Watch
    cache: Listener
    width: int = field(init=False)

    def __post_init__(self) -> None:
        self.width = SHARDS // int(state.recall(self.connection, "sitemap_shards") or 1)

    def make(self, slug: str, season: str, number: int) -> None:
        """One edit; its page and its line change by it, and its season shows its title."""
        path, title, moment = paths.anime(slug), f"Edited {number:03}", clock.now().isoformat().encode()
        page, sitemap = paths.key_of(path), f"sitemaps/{shard_of(path) // self.width}.xml"
        before, listed = self._body(page), _lastmod(self._body(sitemap), path)
        change = KINDS[number % len(KINDS)].format(title, number)
        self.connection.execute(f"UPDATE anime SET {change} WHERE slug = %s", [slug])
        began = time.perf_counter()
        self.watch.expect("own page", page, lambda body: body != before and bool(self.cache.since(path, began)), began)
        if change.startswith("title"):
            self.watch.expect("list", f"season/{season}", lambda body: title.encode() in body, began)
        if listed:  # a page with too little on it stands in no sitemap
            self.watch.expect("sitemap", sitemap, lambda body: _lastmod(body, path) >= moment, began)

    def _body(self, key: str) -> bytes:
        found = self.watch.bucket.get(key)
        return found.body if found else b""


def _lastmod(sitemap: bytes, path: str) -> bytes:
    """When a page was changed last, to the second, as the sitemap has it; nothing where it does not name the page."""
    _, _, rest = sitemap.partition(f"{path}</loc>".encode())
    found = re.match(rb"\s*<lastmod>([^<]+)", rest)
    return found[1] if found else b""


def single_edits(work: Work) -> Times:
    """Seconds from an edit until its page can be read and caches were told, until a list and a sitemap can be read."""
    with (
        crew(work) as cache,
        closing(work.connect()) as connection,
        Watch(open_bucket(work.settings.bucket_url)) as watch,
    ):
        some, edits = connection.execute(_SOME, [EDITS]).fetchall(), Edits(connection, watch, cache)
        random.Random(1).shuffle(some)
        start = time.perf_counter()
        for number, (slug, season) in enumerate(some):
            time.sleep(max(0.0, start + number * PACE - time.perf_counter()))
            edits.make(slug, season, number)
        if missing := watch.until_all_came(90):
            raise Failed(f"{missing} pages never showed an edit")
        return watch.took


def many_at_once(work: Work) -> tuple[int, float]:
    """(pages, seconds) of one transaction that changes many anime, until its pages are settled."""
    with crew(work), closing(work.connect()) as connection:
        connection.execute(
            "UPDATE anime SET synopsis = coalesce(synopsis, '') || ' More.',"
            " synopsis_source = coalesce(synopsis_source, 'https://example.test') WHERE id IN"
            " (SELECT id FROM anime WHERE NOT adult ORDER BY md5(slug) LIMIT %s)",
            [MANY],
        )
        (moment,) = connection.execute("SELECT now()").fetchone() or (None,)
        seconds = settle(work, LATER)
        (pages,) = connection.execute("SELECT count(*) FROM page WHERE built_at >= %s", [moment]).fetchone() or (0,)
        return pages, seconds
