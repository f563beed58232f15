"""Redis hangs, falls, forgets everything or takes nothing more: edits are live all the same, and workers come back."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from autotrack import locks
from autotrack.embedded import running
from autotrack.migrate import migrate
from ports.bucket import open_bucket
from ports.database import connect
from ports.queue import open_redis
from ports.settings import from_environment
from tests.autotrack.command import eventually
from tests.site.crashing import Fire, process_of
from tests.site.world import make_world

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]
LONGEST = 60.0
"""Seconds until an edit is live without Redis."""
WOKEN = 8.0
"""Seconds within which only a worker that was woken builds: the ticker leaves a page to others for ten."""


def test_a_redis_that_hangs(scene: Scene) -> None:
    os.kill(process_of(scene.valkey), signal.SIGSTOP)
    try:
        assert scene.edits_are_live_though_nobody_is_woken()
    finally:
        os.kill(process_of(scene.valkey), signal.SIGCONT)
    assert scene.workers_are_back()


def test_a_redis_that_fell(scene: Scene) -> None:
    os.kill(process_of(scene.valkey), signal.SIGKILL)
    assert eventually(lambda: not locks.held(scene.valkey.directory / "keeper"), 60)

    assert scene.edits_are_live_though_nobody_is_woken()

    scene.fire.together.revive(lambda line: None)
    assert scene.workers_are_back()


def test_a_redis_that_forgot_everything(scene: Scene) -> None:
    scene.redis.flushall()

    assert scene.edit_is_live_within(LONGEST)
    assert scene.workers_are_back()


def test_a_redis_that_takes_nothing_more(scene: Scene) -> None:
    scene.redis.config_set("maxmemory-policy", "noeviction")
    scene.redis.config_set("maxmemory", 1)
    try:
        assert scene.edits_are_live_though_nobody_is_woken()
    finally:
        scene.redis.config_set("maxmemory", 0)
    assert scene.workers_are_back()


class Scene:
    """A site with a relay and a worker for edits as processes of their own, started again when they end."""

    def __init__(self, fire: Fire, connection: psycopg.Connection) -> None:
        self.fire, self.connection = fire, connection
        self.valkey = next(server for server in fire.together.servers if server.title == "Valkey")
        self.redis = open_redis(fire.settings.redis_url)
        self._bucket, self._titles = open_bucket(fire.settings.bucket_url), itertools.count()
        self.slug = str(connection.execute("SELECT min(slug) FROM anime WHERE NOT adult").fetchall()[0][0])

    def edit_is_live_within(self, seconds: float) -> bool:
        """Whether a title that is given now is shown in time."""
        title = f"Title {next(self._titles)}"
        self.connection.execute("UPDATE anime SET title_english = %s WHERE slug = %s", [title, self.slug])

        def live() -> bool:
            self.fire.keep_processes()
            found = self._bucket.get(f"anime/{self.slug}")
            return found is not None and f"{title}<".encode() in found.body

        return eventually(live, seconds)

    def edits_are_live_though_nobody_is_woken(self) -> bool:
        """Whether each edit is live in time, and soon one not sooner than the ticker builds by itself."""
        for _ in range(20):  # a worker that was at work when Redis went away may build some more
            begun = time.monotonic()
            if not self.edit_is_live_within(LONGEST):
                return False
            if time.monotonic() - begun > WOKEN:
                return True
        return False

    def workers_are_back(self) -> bool:
        """Whether, soon, somebody who was woken builds."""
        return eventually(lambda: self.edit_is_live_within(WOKEN), 180)


@pytest.fixture(scope="module")
def whole() -> Iterator[Scene]:
    base = Path(tempfile.mkdtemp(prefix="autotrack-redis-"))
    base.chmod(0o755)
    chosen = from_environment({"AUTOTRACK_HOME": str(base / "home"), "SITE_URL": "https://anime.test"})
    try:
        with running(chosen) as together:
            migrate(together.settings.database_url)
            with connect(together.settings.database_url) as connection:
                make_world(connection)
                fire = Fire(together, together.settings, 7, (("relay",), ("worker", "render"), ("worker", "bulk")))
                try:
                    yield Scene(fire, connection)
                finally:
                    fire.end()
    finally:
        shutil.rmtree(base, ignore_errors=True)


@pytest.fixture
def scene(whole: Scene) -> Scene:
    """A site that lives, with workers that hear."""
    assert whole.edit_is_live_within(LONGEST)
    assert whole.workers_are_back()
    return whole
