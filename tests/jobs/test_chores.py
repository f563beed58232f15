"""Chores: similar titles follow, the bucket is looked through, and every page is loaded again once a day."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from domain import schedule
from domain.lease import LANES
from jobs.chores import CHORES, chores_of, do_chores
from jobs.drain import drain
from jobs.relay import relay
from jobs.world import World
from tests.domain.feeds import release
from tests.factories import edit, make_anime, make_studio
from tests.site.whole import WholeSite


def test_similar_titles_follow_a_change_a_while_later(site: WholeSite, world: World) -> None:
    one, two = make_anime(site.connection, "one"), make_anime(site.connection, "two")
    site.build()
    make_studio(site.connection, "Sunrise", one, two)
    while relay(site.connection, refreshed=True):
        pass
    assert do_chores(world) == 0, "several changes share one comparison"

    hurry(site, "similar")
    assert do_chores(world) == 1
    while relay(site.connection, refreshed=True):
        pass

    assert do_chores(world) == 0, "what it wrote calls for nothing more"
    site.connection.execute("UPDATE page SET due_at = now() WHERE built < wanted")
    drain(world, LANES)
    assert b'href="/anime/two"' in site.live()["anime/one"][1]


def test_a_page_that_nobody_noticed_is_found_within_a_day(site: WholeSite, world: World) -> None:
    make_anime(site.connection, "bebop")
    site.build()
    site.connection.execute("ALTER TABLE anime DISABLE TRIGGER USER")
    site.connection.execute("UPDATE anime SET title_english = 'Missed'")
    site.connection.execute("ALTER TABLE anime ENABLE TRIGGER USER")

    hurry(site, "audit")
    do_chores(world)
    with capture_logs() as said:
        verdicts = drain(world, LANES)

    missed = [line for line in said if line["event"] == "a change was missed until the audit"]
    assert sum(line["pages"] for line in missed) == verdicts["publish"]
    assert b"Missed" in site.live()["anime/bebop"][1]
    assert verdicts["fresh"] > verdicts["publish"]


def test_what_was_brought_in_without_triggers_is_there_within_a_day(site: WholeSite, world: World) -> None:
    make_anime(site.connection, "bebop")
    site.build()
    site.connection.execute("SET session_replication_role = replica")
    make_anime(site.connection, "missed", season="spring", season_year=2031)
    site.connection.execute("SET session_replication_role = origin")
    assert site.settle() == {}

    hurry(site, "audit")
    with capture_logs() as said:
        do_chores(world)
        while relay(site.connection, refreshed=True):
            pass
        site.connection.execute("UPDATE page SET due_at = now() WHERE built < wanted")
        drain(world, LANES)

    assert {"anime/missed", "season/spring-2031"} <= site.live().keys()
    assert any(line["event"] == "a change was missed until the audit" for line in said)
    assert b'href="/anime/missed"' in site.live()["season/spring-2031"][1]


def test_what_is_logged_and_not_relayed_yet_was_not_missed(site: WholeSite, world: World) -> None:
    bebop = make_anime(site.connection, "bebop")
    site.build()
    edit(site.connection, bebop, synopsis="Space.", synopsis_source="here")
    make_anime(site.connection, "new")

    hurry(site, "audit")
    with capture_logs() as said:
        do_chores(world)
        drain(world, LANES)

    assert [line for line in said if line["event"] == "a change was missed until the audit"] == []
    assert b"Space." in site.live()["anime/bebop"][1] and "anime/new" in site.live()


def test_what_is_gone_from_the_bucket_is_back_within_an_hour(site: WholeSite, world: World) -> None:
    make_anime(site.connection, "bebop")
    site.build()
    site.bucket.delete(["anime/bebop"])

    hurry(site, "reconcile")
    do_chores(world)
    drain(world, LANES)

    assert "anime/bebop" in site.live()


def test_feeds_are_brought_in_when_they_changed_and_only_then(site: WholeSite, world: World, tmp_path: Path) -> None:
    assert "catalogue" not in chores_of(world.settings), "off unless asked for"
    world.settings = replace(world.settings, feeds=(tmp_path,))
    feed = tmp_path / "anime.jsonl"
    titles = "SELECT title_romaji FROM anime ORDER BY 1"

    for text, expected in (("One", ["One"]), ("Two", ["Two"])):
        feed.write_text(json.dumps(release(1, text)) + "\n")
        hurry(site, "catalogue")
        with capture_logs() as said:
            do_chores(world)
            hurry(site, "catalogue")
            do_chores(world)
        first, second = [line for line in said if line.get("chore") == "catalogue"]
        assert (first["written"] > 0, second["written"]) == (True, 0)
        assert [title for (title,) in site.connection.execute(titles)] == expected


def test_a_feed_that_cannot_be_read_is_told_and_changes_nothing(site: WholeSite, world: World, tmp_path: Path) -> None:
    world.settings = replace(world.settings, feeds=(tmp_path / "missing.jsonl",))
    hurry(site, "catalogue")

    with capture_logs() as said:
        do_chores(world)

    [error] = [line["error"] for line in said if line["log_level"] == "error"]
    assert "missing.jsonl: is not there (FEEDS)" in error


def hurry(site: WholeSite, name: str) -> None:
    """Let its time have come."""
    schedule.ensure(site.connection, {name: CHORES[name].every})
    site.connection.execute("UPDATE schedule SET next_at = now() WHERE name = %s", [name])


@pytest.fixture
def world(site: WholeSite) -> Iterator[World]:
    world = World(replace(site.settings, redis_url="redis://127.0.0.1:9/0"))
    yield world
    world.close()
