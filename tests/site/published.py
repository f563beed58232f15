"""A built site as the tests look at it: the database it came from, its bucket, and each page parsed."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from domain import paths
from jobs.plan import MARK
from jobs.site import Build, Report, build
from ports.bucket import Bucket, Object, open_bucket
from ports.database import connect
from ports.settings import Settings
from tests.memory import memory
from tests.site.page_checks import Page
from tests.site.whole import DRAWN_LATER

SITE_URL, SITE_NAME = "https://anime.example", "Anime Example"
AS_OF = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
HTML = "text/html; charset=utf-8"
_numbers = itertools.count()


@dataclass(frozen=True)
class Published:
    """Everything that one build left behind."""

    settings: Settings
    report: Report | None = None

    @cached_property
    def bucket(self) -> Bucket:
        return open_bucket(self.settings.bucket_url)

    @cached_property
    def objects(self) -> dict[str, Object]:
        """Every published object by its path; what the build keeps for itself is not one."""
        found = {paths.path_of(key): self.bucket.get(key) for key in filter(is_page, self.bucket.keys())}
        return {path: stored for path, stored in found.items() if stored is not None}

    @cached_property
    def pages(self) -> dict[str, Page]:
        """Every HTML page that answers 200, and the 404 page; redirect stubs and gone ones are not among them."""
        return {
            path: self.parsed(path)
            for path, stored in self.objects.items()
            if stored.head.content_type == HTML and stored.head.status in (200, 404)
        }

    def parsed(self, path: str) -> Page:
        return Page(path, self.text(path))

    def of(self, status: int) -> dict[str, Object]:
        return {path: stored for path, stored in self.objects.items() if stored.head.status == status}

    def text(self, path: str) -> str:
        return self.objects[path].body.decode()

    def page(self, path: str) -> Page:
        """A page that is there, parsed once."""
        return self.pages[path]

    def indexable(self) -> set[str]:
        """What the manifest says may be listed in the sitemap."""
        with connect(self.settings.database_url) as connection:
            return {
                path for (path,) in connection.execute("SELECT path FROM page WHERE indexable AND path IS NOT NULL")
            }


def is_page(key: str) -> bool:
    return key != MARK


def settings_for(database_url: str, home: Path, site_url: str = SITE_URL) -> Settings:
    return Settings(
        home=home, database_url=database_url, redis_url="embedded:", bucket_url=f"file:{home}/bucket",
        uploads_url=f"file:{home}/uploads", site_url=site_url, site_name=SITE_NAME, default_region="US",
        host="127.0.0.1", port=8000,
    )  # fmt: skip


def new_sites(server: str) -> Iterator[Callable[[], Settings]]:
    """Makes settings that name a migrated, empty database and an empty bucket; all are gone afterwards."""
    made: list[tuple[str, Path]] = []

    def make() -> Settings:
        name = f"site_{os.getpid()}_{next(_numbers)}"
        home = Path(tempfile.mkdtemp(prefix="autotrack-pages-", dir=memory()))
        with connect(server) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE migrated")
        made.append((name, home))
        return settings_for(urlsplit(server)._replace(path=f"/{name}").geturl(), home)

    yield make
    with connect(server) as connection:
        for name, home in made:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            shutil.rmtree(home, ignore_errors=True)


def publish(settings: Settings, as_of: date = AS_OF, at: datetime = AT) -> Published:
    """Build everything that is due; no page may fail."""
    report = build(Build(settings, as_of, at, skip=DRAWN_LATER, yes=True))
    assert report.failed == [], report.failed[:3]
    return Published(settings, report)


def insert(connection: psycopg.Connection, table: str, **columns: object) -> None:
    """One row, as an operator would write it."""
    names, marks = ", ".join(columns), ", ".join(["%s"] * len(columns))
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(columns.values()))
