"""Processes of every kind are killed again and again while edits are made: nothing is lost, wrong, or behind."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autotrack.embedded import running
from autotrack.migrate import migrate
from domain import state
from jobs.reconcile import reconcile
from ports import clock
from ports.bucket import open_bucket
from ports.database import connect
from ports.settings import Settings, from_environment
from tests.site.cdn_under_fire import FilledCache, cdn_under_fire
from tests.site.crashing import Fire, Writer, eventually_clean
from tests.site.whole import WholeSite, differences
from tests.site.world import make_world

pytestmark = [pytest.mark.long, pytest.mark.timeout(3600)]
KILLS = int(os.environ.get("KILLS", "150"))
BETWEEN = 0.35
"""Seconds between two kills: less than a process needs to start, so that many are killed while they start."""


def test_whoever_is_killed_no_edit_is_lost_and_no_page_is_wrong(home: Path) -> None:
    with cdn_under_fire(seed=7) as (cdn_url, filled):
        named = {"AUTOTRACK_HOME": str(home), "SITE_URL": "https://anime.test", "CDN_URL": cdn_url}
        shoot(home, from_environment(named), filled)


def shoot(home: Path, chosen: Settings, filled: FilledCache) -> None:
    with running(chosen) as together:
        settings = together.settings
        migrate(settings.database_url)
        with connect(settings.database_url) as connection:
            make_world(connection)
            state.remember(connection, "cdn", settings.cdn_url)  # it holds nothing, so it is not emptied
            slugs = [slug for (slug,) in connection.execute("SELECT slug FROM anime WHERE NOT adult ORDER BY slug")]
        fire = Fire(together, settings, seed=7)
        writers = [Writer(settings.database_url, slugs[number::2], number) for number in range(2)]
        threads = [writer.start() for writer in writers]
        filled.begin(open_bucket(settings.bucket_url))
        try:
            for _ in range(KILLS):
                fire.keep()
                time.sleep(BETWEEN)
                fire.kill_one()
            for writer, thread in zip(writers, threads, strict=True):
                writer.stop.set()
                thread.join()
            fire.keep()
            filled.end()
            assert eventually_clean(settings, 300) == ""
        finally:
            fire.end()
        with connect(settings.database_url) as connection:
            titles = dict(connection.execute("SELECT slug, title_english FROM anime").fetchall())
            site = WholeSite(connection, settings.database_url, home, as_of=clock.today(), skip=())
            site.settings = settings
            # a picture that was put by somebody who was killed before recording it is at nobody's address
            assert reconcile(connection, site.bucket, clock.now()).wrong == 0
            live = site.live()
            written = {slug: title for writer in writers for slug, title in writer.acknowledged.items()}
            assert {slug: titles[slug] for slug in written if lost(titles[slug], written[slug])} == {}
            assert differences(live, site.clean()) == []
            assert site.paths() == sorted(live)
            assert filled.cache.stale() == []
            assert filled.purged > KILLS


def lost(kept: str | None, acknowledged: str) -> bool:
    """An edit whose answer was lost may have been kept too; one before the acknowledged may not."""
    return kept is None or int(kept.split()[2]) < int(acknowledged.split()[2])


@pytest.fixture
def home() -> Iterator[Path]:
    base = Path(tempfile.mkdtemp(prefix="autotrack-fire-"))
    base.chmod(0o755)
    yield base
    shutil.rmtree(base, ignore_errors=True)
