"""Metrics: the time from a change to its page, what was built, and what waits, as Prometheus is told."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from prometheus_client import REGISTRY
from prometheus_client.metrics_core import Metric

from domain import backlog, dead_letter, lease, manifest
from domain.built import Built, finish
from domain.lease import BULK, EDITS
from jobs.drain import drain
from jobs.gauges import Gauges
from jobs.relay import relay
from jobs.world import World
from ports.settings import from_environment
from tests.factories import edit, make_anime
from tests.site.whole import BEGAN, WholeSite


def test_the_time_from_a_change_to_its_page_is_told(site: WholeSite, world: World) -> None:
    anime = make_anime(site.connection, "bebop")
    site.build()
    many, seconds = live_count("anime"), live_sum("anime")
    edit(site.connection, anime, synopsis="Space.", synopsis_source="here")
    site.connection.execute("UPDATE change_log SET at = at - interval '700 seconds'")

    relay(site.connection)
    assert 700 < (backlog.oldest(site.connection) or 0) < 700 + SLOW
    drain(world, (EDITS,))

    assert live_count("anime") == many + 1
    assert 700 < live_sum("anime") - seconds < 700 + SLOW
    assert "anime" not in {key.partition("/")[0] for key in waiting(site.connection)}


def test_what_was_built_in_bulk_and_what_a_change_left_as_it_was_are_not_timed(site: WholeSite, world: World) -> None:
    anime = make_anime(site.connection, "bebop")
    many, watched = live_count("anime"), live_count("watch")
    site.build()
    manifest.want_all(site.connection)
    drain(world, (BULK,))
    assert live_count("anime") == many

    edit(site.connection, anime, synopsis="Space.", synopsis_source="here")
    relay(site.connection)
    drain(world, (EDITS,))

    assert live_count("watch") == watched, "it was looked at, and says the same"


def test_renders_are_counted_by_type_and_verdict_and_uploads_by_number(site: WholeSite, world: World) -> None:
    make_anime(site.connection, "bebop")
    published, uploads = value("autotrack_renders_total", type="anime", verdict="publish"), value(UPLOADS)

    report = site.build()

    assert value("autotrack_renders_total", type="anime", verdict="publish") == published + 1
    assert value(UPLOADS) == uploads + report.verdicts["publish"]


def test_a_page_counts_from_the_first_change_that_it_does_not_show(connection: psycopg.Connection) -> None:
    want(connection, ago=500)
    want(connection, ago=100)

    assert 500 <= waiting(connection)["anime/1"] < 500 + SLOW


def test_a_change_during_a_render_counts_from_itself(connection: psycopg.Connection) -> None:
    want(connection, ago=500)
    number, due = lease.take(connection, EDITS, "anime", 1)
    assert due[0].waited is not None and 500 <= due[0].waited < 500 + SLOW
    want(connection, ago=300)
    want(connection, ago=100)
    assert 300 <= waiting(connection)["anime/1"] < 300 + SLOW

    finish(connection, number, [Built("anime/1", due[0].wanted, "gone")], BEGAN)

    assert 300 <= waiting(connection)["anime/1"] < 300 + SLOW
    number, due = lease.take(connection, EDITS, "anime", 1)
    finish(connection, number, [Built("anime/1", due[0].wanted, "gone")], BEGAN)
    assert waiting(connection) == {}


def test_a_failure_and_a_worker_that_died_keep_the_time(connection: psycopg.Connection) -> None:
    want(connection, ago=500)
    number, due = lease.take(connection, EDITS, "anime", 1)
    finish(connection, number, [Built("anime/1", due[0].wanted, "failed")], BEGAN)
    assert 500 <= waiting(connection)["anime/1"] < 500 + SLOW

    connection.execute("UPDATE page SET failed = 0")
    lease.take(connection, EDITS, "anime", 1)
    connection.execute("UPDATE page SET leased_until = now() - interval '1 second'")
    want(connection, ago=100)

    assert 500 <= waiting(connection)["anime/1"] < 500 + SLOW


def test_a_dead_letter_is_counted_and_makes_no_page_old(connection: psycopg.Connection) -> None:
    want(connection, ago=50)
    connection.execute("UPDATE page SET failed = wanted, due_at = 'infinity', built_at = now()")

    found = backlog.measure(connection)
    assert (found.dead, found.oldest, found.dirty) == (1, 0.0, {EDITS: 1, BULK: 0})

    dead_letter.drop(connection, ["page anime/1"])
    assert waiting(connection) == {}


def test_what_waits_is_told_and_asked_for_once_in_a_while(
    connection: psycopg.Connection, database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.gauges.FRESH", SLOW)
    want(connection, ago=500)
    manifest.want_missing(connection, ["anime/2", "anime/3"])
    gauges = Gauges(from_environment({"DATABASE_URL": database_url, "REDIS_URL": redis_url}))

    found = samples(gauges.collect())

    assert found["autotrack_dirty_pages", "edits"] == 1
    assert found["autotrack_dirty_pages", "bulk"] == 2
    assert 500 <= found["autotrack_oldest_dirty_page_seconds", ""] < 500 + SLOW
    assert found["autotrack_queue_depth", "render"] == 0
    assert found["autotrack_workers", "render"] == 0
    connection.execute("DELETE FROM page")
    assert samples(gauges.collect()) == found


def test_a_relay_without_postgresql_and_redis_tells_so_and_no_more() -> None:
    away = {"DATABASE_URL": "postgresql://127.0.0.1:9/none", "REDIS_URL": "redis://127.0.0.1:9/0"}

    found = samples(Gauges(from_environment(away)).collect())

    assert found == {("autotrack_postgresql_up", ""): 0, ("autotrack_redis_up", ""): 0}


@pytest.mark.long
def test_gauges_wait_no_longer_for_a_lock_than_prometheus_for_them(
    connection: psycopg.Connection, database_url: str, redis_url: str
) -> None:
    gauges = Gauges(from_environment({"DATABASE_URL": database_url, "REDIS_URL": redis_url}))
    with connection.transaction():
        connection.execute("LOCK TABLE page")
        began = time.monotonic()
        assert samples(gauges.collect())["autotrack_postgresql_up", ""] == 0
    assert time.monotonic() - began < 10


UPLOADS = "autotrack_uploads_total"
SLOW = 99.0
"""Seconds that a machine may take for what should take none."""


def want(connection: psycopg.Connection, ago: float) -> None:
    """A change of so many seconds ago reaches a page."""
    row = connection.execute("SELECT now()").fetchone()
    assert row
    manifest.want(connection, ["anime/1"], since=row[0] - timedelta(seconds=ago))


def waiting(connection: psycopg.Connection) -> dict[str, float]:
    """For how many seconds which pages have waited."""
    return dict(
        connection.execute(
            "SELECT key, extract(epoch FROM clock_timestamp() - wanted_at)::float FROM page"
            " WHERE wanted_at IS NOT NULL AND kind IN ('anime', 'watch')"
        ).fetchall()
    )


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def live_count(kind: str) -> float:
    return value("autotrack_change_to_live_seconds_count", type=kind)


def live_sum(kind: str) -> float:
    return value("autotrack_change_to_live_seconds_sum", type=kind)


def samples(metrics: object) -> dict[tuple[str, str], float]:
    """Name and label → value."""
    assert isinstance(metrics, list)
    families: list[Metric] = metrics
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in families
        for sample in family.samples
    }


@pytest.fixture
def world(site: WholeSite) -> Iterator[World]:
    world = World(replace(site.settings, redis_url="redis://127.0.0.1:9/0"))
    yield world
    world.close()
