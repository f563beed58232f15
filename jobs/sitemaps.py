"""Sitemaps: cut into shards that stay what they are while the site grows."""

from __future__ import annotations

import psycopg

from domain import manifest, state
from domain.lease import BULK
from domain.manifest import SHARDS, Order

PER_SHARD = 1000


def cut_sitemap(connection: psycopg.Connection) -> None:
    """Cut the sitemap finer when its shards grow too long; never coarser, so that shards stay what they are."""
    row = connection.execute("SELECT count(*) FROM page WHERE indexable").fetchone()
    listed = row[0] if row else 0
    before = int(state.recall(connection, "sitemap_shards") or 1)
    after = before
    while listed / after > PER_SHARD * 1.5:
        after *= 2
    if after != before:
        state.remember(connection, "sitemap_shards", str(min(after, SHARDS)))
        pages = [*(f"sitemap/{shard}" for shard in range(after)), "sitemap_index/"]
        manifest.want(connection, pages, Order(lane=BULK), why="the sitemap was cut finer")
