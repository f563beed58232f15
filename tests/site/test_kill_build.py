"""A build that is killed is finished by the next one, and nobody sees a difference."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import psycopg
import pytest

from ports.settings import PROJECT, to_environment
from tests.factories import make_noise
from tests.site.whole import WholeSite, differences

MANY = 2000
TITLES = """
INSERT INTO anime
    (id, slug, title_romaji, title_english, format, season, season_year, popularity, synopsis, synopsis_source)
SELECT gen_random_uuid(), 'title-' || n, 'Title ' || n, 'Title number ' || n, (ARRAY['tv', 'movie', 'ova'])[n %% 3 + 1],
    (ARRAY['winter', 'spring', 'summer', 'fall'])[n %% 4 + 1], 1990 + n %% 30, n * n, 'What happens in ' || n, 'here'
FROM generate_series(1, %s) n
"""
LINKS = """
INSERT INTO studio (slug, name, identity)
SELECT 'studio-' || n, 'Studio ' || n, 'studio ' || n FROM generate_series(1, 40) n;
INSERT INTO genre (slug, name, kind) SELECT 'genre-' || n, 'Genre ' || n, 'theme' FROM generate_series(1, 12) n;
INSERT INTO anime_studio SELECT a.id, s.id, '' FROM anime a JOIN studio s ON s.id = a.popularity % 40 + 1;
INSERT INTO anime_genre SELECT a.id, g.id FROM anime a JOIN genre g ON a.popularity % 12 = g.id % 12;
"""


@pytest.mark.long
@pytest.mark.parametrize("workers", [1, 2])
def test_a_killed_build_is_finished_by_the_next(site: WholeSite, workers: int) -> None:
    fill(site.connection)
    process = start(site, workers)
    eventually(lambda: built(site) > MANY // 20)
    process.send_signal(signal.SIGKILL)
    process.wait()
    eventually(lambda: not others(site))
    missing = len(site.dirty())
    assert missing > 0

    report = site.build()

    assert report.failed == []
    assert site.dirty() == []
    assert differences(site.live(), site.clean()) == []


@pytest.mark.long
def test_killed_again_and_again_a_build_gets_done(site: WholeSite) -> None:
    fill(site.connection)
    for pause in (0.8, 1.0, 1.3, 1.6, 2.0, 2.5):
        process = start(site, 2)
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        process.wait()
        eventually(lambda: not others(site))
        site.connection.execute("UPDATE anime SET title_english = title_english || '!' WHERE popularity % 7 = 0")

    site.build()

    assert differences(site.live(), site.clean()) == []


def start(site: WholeSite, workers: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "autotrack", "site", "build", "--quiet", "--yes", "--skip", "pictures"]
    when = ["--as-of", str(site.as_of), "--workers", str(workers)]
    return subprocess.Popen([*command, *when], env=to_environment(site.settings), cwd=PROJECT)


def built(site: WholeSite) -> int:
    row = site.connection.execute("SELECT count(*) FROM page WHERE built > 0").fetchone()
    assert row is not None
    return int(row[0])


def others(site: WholeSite) -> int:
    """Connections of builds that still work: helpers notice only after a batch that their parent is gone."""
    row = site.connection.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    ).fetchone()
    assert row is not None
    return int(row[0])


def fill(connection: psycopg.Connection) -> None:
    connection.execute(TITLES, [MANY])
    connection.execute(LINKS)
    make_noise(connection)


def eventually(happened: object, seconds: float = 180) -> None:
    assert callable(happened)
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, f"not within {seconds} s (pid {os.getpid()})"
        time.sleep(0.02)
