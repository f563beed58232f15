"""/sitemap.xml, its shards, and robots.txt — pages about pages, built after the pages that they list.

`lastmod` is when a page's content last changed: the manifest keeps it, and it moves with the document only.
"""

from __future__ import annotations

from collections.abc import Iterable

import psycopg

from domain import paths
from sitegen import labels
from sitegen.page import SITEMAP_INDEX, SITEMAPS, TEXT, XML, Document, PageType, only
from sitegen.reader import Reader


def load_shard(read: Reader, subject: str) -> Document | None:
    shard = int(subject)
    rows = read.sitemap_entries(shard) if shard < read.sitemap_shards() else []
    if not rows:
        return None
    path = paths.sitemap(shard)
    content = {"entries": [[entry, labels.moment(changed)] for entry, changed in rows]}
    return Document(path, content, indexable=False)


def load_index(read: Reader, _: str) -> Document | None:
    entries = [[paths.sitemap(shard), labels.moment(changed)] for shard, changed in read.sitemap_dates()]
    return Document("/sitemap.xml", {"entries": entries}, indexable=False)


def load_robots(read: Reader, _: str) -> Document | None:
    return Document("/robots.txt", {}, indexable=False)


def every(connection: psycopg.Connection) -> Iterable[str]:
    row = connection.execute("SELECT value FROM site_state WHERE name = 'sitemap_shards'").fetchone()
    return [str(shard) for shard in range(int(row[0]) if row else 1)]


shard_page = PageType("sitemap", load_shard, every, "site/sitemap.xml", content_type=XML, batch=16, phase=SITEMAPS)
index_page = PageType(
    "sitemap_index", load_index, only, "site/sitemap_index.xml", content_type=XML, phase=SITEMAP_INDEX
)
robots_page = PageType("robots", load_robots, only, "site/robots.txt", content_type=TEXT)
