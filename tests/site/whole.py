"""A whole site under test: a database, a bucket, builds, and the clean build that it must equal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from jobs.plan import MARK
from jobs.site import Build, Report, build
from jobs.world import site_of
from ports.bucket import Bucket, Head, open_bucket
from ports.settings import Settings, from_environment
from sitegen.build import Builder
from sitegen.page import PICTURES, Site
from sitegen.site import PAGE_TYPES

TODAY = date(2026, 11, 22)
BEGAN = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
DRAWN_LATER = tuple(kind.kind for kind in PAGE_TYPES if kind.phase == PICTURES)
"""Kinds that take long and that no page waits for: left out unless a test asks for them."""
DERIVED = ("page", "orphan", "purge", "touch", "schedule", "site_state", "similar_title", "change_log",
           "verdict_log", "loss")  # fmt: skip

Live = dict[str, tuple[Head, bytes]]


class WarmBuild(Build):
    """A build whose templates are compiled once for all tests."""

    def builder(self) -> Builder:
        return _builder(site_of(self.settings))


@cache
def _builder(site: Site) -> Builder:
    return Builder(site)


@dataclass
class WholeSite:
    """`build` brings the bucket to what the database says; each build is a minute later than the one before."""

    connection: psycopg.Connection
    database_url: str
    home: Path
    as_of: date = TODAY
    builds: int = 0
    skip: tuple[str, ...] = DRAWN_LATER
    version: int = 0
    settings: Settings = field(init=False)

    def __post_init__(self) -> None:
        chosen = {"AUTOTRACK_HOME": str(self.home), "DATABASE_URL": self.database_url, "SITE_URL": "https://anime.test"}
        self.settings = from_environment(chosen)

    @property
    def bucket_url(self) -> str:
        return self.settings.bucket_url

    @property
    def bucket(self) -> Bucket:
        return open_bucket(self.bucket_url)

    def build(self, as_of: date | None = None, workers: int = 1, **more: Any) -> Report:
        self.as_of = as_of or self.as_of
        self.version, self.builds = self.last_version(), self.builds + 1
        return build(
            WarmBuild(
                self.settings, self.as_of, BEGAN + timedelta(minutes=self.builds), workers, skip=self.skip, **more
            )
        )

    def settle(self, **more: Any) -> dict[str, list[str]]:
        """Build, and tell by kind what became of every page that was loaded, as sorted verdicts."""
        self.build(**more)
        return self.verdicts()

    def verdicts(self) -> dict[str, list[str]]:
        """What became of the pages that the last build loaded."""
        rows = self.connection.execute(
            "SELECT kind, verdict FROM page WHERE greatest(built, failed) > %s ORDER BY kind, verdict", [self.version]
        )
        found = defaultdict(list)
        for kind, verdict in rows:
            found[kind].append(verdict)
        return dict(found)

    def uploaded(self) -> set[str]:
        """The paths that the last build wrote."""
        rows = self.connection.execute("SELECT path FROM page WHERE built > %s AND verdict = 'publish'", [self.version])
        return {path for (path,) in rows}

    def published(self) -> set[str]:
        """The paths that the last build wrote, but for sitemaps, which follow whatever changes, and covers."""
        return {path for path in self.uploaded() if not path.startswith(("/sitemap", "/covers/"))}

    def last_version(self) -> int:
        row = self.connection.execute("SELECT coalesce(max(wanted), 0) FROM page").fetchone()
        assert row is not None
        return int(row[0])

    def dirty(self) -> list[str]:
        """The keys of the pages that are not what they should be."""
        rows = self.connection.execute(
            "SELECT key FROM page WHERE built < wanted AND kind <> ALL (%s) ORDER BY key", [list(self.skip)]
        )
        return [key for (key,) in rows]

    def paths(self) -> list[str]:
        """The bucket keys that the manifest owns, sorted."""
        rows = self.connection.execute("SELECT path FROM page WHERE path IS NOT NULL")
        return sorted(path[1:] or "index" for (path,) in rows)

    def paths_of(self, kind: str) -> list[str]:
        """The paths at which pages of this kind stand."""
        rows = self.connection.execute("SELECT path FROM page WHERE kind = %s AND path IS NOT NULL", [kind])
        return sorted(path for (path,) in rows)

    def live(self) -> Live:
        """What the bucket holds, but for what is kept a while after it was replaced."""
        found = contents(self.bucket)
        for (path,) in self.connection.execute(
            "SELECT path FROM orphan o WHERE kept_until > '-infinity'"
            " AND NOT EXISTS (SELECT FROM page p WHERE p.path = o.path)"
        ):
            found.pop(path[1:], None)
        return found

    def clean(self) -> Live:
        """A clean build: an empty bucket, the same rows and `page.changed_at`, nothing else that was derived."""
        bucket_url = "file:" + quote(str(self.home / f"clean-{self.builds}"))
        self._put_aside()
        try:
            order = WarmBuild(
                replace(self.settings, bucket_url=bucket_url), self.as_of, BEGAN, skip=self.skip, yes=True
            )
            report = build(order)
            self.connection.execute(
                "UPDATE page p SET changed_at = k.changed_at,"
                " wanted = CASE WHEN p.kind LIKE 'sitemap%%' THEN nextval('page_version') ELSE p.wanted END"
                " FROM kept_page k WHERE k.key = p.key"
            )
            build(order)
            assert report.failed == [], report.failed
            return contents(open_bucket(bucket_url))
        finally:
            self._put_back()

    def _put_aside(self) -> None:
        for table in DERIVED:
            self.connection.execute(f"DROP TABLE IF EXISTS kept_{table}")
            self.connection.execute(f"CREATE TEMP TABLE kept_{table} AS TABLE {table}")
        self._empty()
        self.connection.execute("INSERT INTO site_state SELECT * FROM kept_site_state WHERE name = 'sitemap_shards'")

    def _put_back(self) -> None:
        self._empty()
        for table in DERIVED:
            self.connection.execute("DELETE FROM change_log")
            self.connection.execute(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE TABLE kept_{table}")

    def _empty(self) -> None:
        for table in DERIVED:
            self.connection.execute(f"DELETE FROM {table}")


def contents(bucket: Bucket) -> Live:
    """Everything in a bucket but the mark that says whose it is."""
    found = {key: bucket.get(key) for key in bucket.keys("") if key != MARK}
    return {key: (thing.head, thing.body) for key, thing in found.items() if thing is not None}


def differences(live: Live, clean: Live) -> Sequence[str]:
    """What is wrong with a live site, in words."""
    said = [f"{key} should not be there" for key in sorted(live.keys() - clean.keys())]
    said += [f"{key} is missing" for key in sorted(clean.keys() - live.keys())]
    for key in sorted(live.keys() & clean.keys()):
        if live[key] != clean[key]:
            said.append(f"{key} differs: {_first_difference(live[key], clean[key])}")
    return said


def _first_difference(live: tuple[Head, bytes], clean: tuple[Head, bytes]) -> str:
    if live[1] == clean[1]:
        return f"head {live[0]} is not {clean[0]}"
    pairs = zip(
        live[1].decode(errors="replace").splitlines() + ["<end>"],
        clean[1].decode(errors="replace").splitlines() + ["<end>"],
        strict=False,
    )
    return next((f"{one!r} is not {two!r}" for one, two in pairs if one != two), "lengths")
