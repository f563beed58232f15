"""The world of one process: its ports, each opened when it is first needed, and again after it was lost."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import psycopg
from psycopg.pq import TransactionStatus

from jobs.pace import Pace
from jobs.purge import Purger
from jobs.render import Renderer
from ports import clock
from ports.bucket import Bucket, open_bucket
from ports.database import WORKING, connect
from ports.settings import Settings
from sitegen.build import Builder
from sitegen.page import Site

if TYPE_CHECKING:
    from ports.queue import Wakes


class World:
    """What the jobs of one process share; not safe for threads. `does` tells others what the process is there for."""

    def __init__(self, settings: Settings, does: str = "") -> None:
        self.settings = settings
        self._name = f"autotrack {does}".strip()
        self._connection: psycopg.Connection | None = None
        self._pace = Pace()

    @property
    def connection(self) -> psycopg.Connection:
        """A connection to PostgreSQL, another one after it was lost."""
        if self._connection and self._connection.info.transaction_status == TransactionStatus.ACTIVE:
            self._connection.close()  # who was out of time left it in the middle of a statement
        if self._connection is None or self._connection.closed or self._connection.broken:
            self._connection = connect(self.settings.database_url, WORKING, self._name)
        return self._connection

    @cached_property
    def bucket(self) -> Bucket:
        return open_bucket(self.settings.bucket_url)

    @cached_property
    def wakes(self) -> Wakes:
        from ports.queue import Wakes  # RQ takes as long to import as a page takes to build

        return Wakes(self.settings.redis_url)

    @cached_property
    def builder(self) -> Builder:
        return Builder(site_of(self.settings))

    @cached_property
    def purger(self) -> Purger:
        return Purger(self.settings)

    def renderer(self) -> Renderer:
        """Pages are built as of today."""
        return Renderer(self.connection, self.bucket, self.builder, clock.today(), None, self._pace)

    def hasten(self) -> None:
        """The process is to end: the bucket is not waited for any more."""
        if "bucket" in self.__dict__:
            self.bucket.hasten()

    def close(self) -> None:
        self.purger.stop()
        if self._connection is not None:
            self._connection.close()


def site_of(settings: Settings) -> Site:
    """What pages may know of the site."""
    return Site(settings.site_url, settings.site_name, settings.default_region, settings.security_contact)
