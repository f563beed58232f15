"""The brake: when many pages would go or shrink at once nothing more is published, until a person says yes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from domain import brake, manifest, progress
from domain.errors import Conflict
from domain.lease import LANES
from jobs.drain import drain
from jobs.relay import relay_all
from jobs.ticker import Ticker
from jobs.world import World
from tests.factories import edit, make_anime
from tests.site.whole import Live, WholeSite, differences

MANY = 30
LONG = "A long story. " * 2000
EMPTIED = "UPDATE anime SET synopsis = NULL, synopsis_source = NULL"


def test_when_many_pages_shrink_nothing_more_is_published(site: WholeSite, world: World) -> None:
    before = fill(site, world)
    site.connection.execute(EMPTIED)
    relay_all(site.connection)

    drain(world, LANES)

    assert "of their size" in (brake.engaged(site.connection) or "")
    assert progress.look(site.connection).plain()["brake"]
    changed = dict(anime_pages(site.live()).items() - anime_pages(before).items())
    assert len(changed) <= brake.TOO_FEW, "batches before the one that was too much"
    assert len(manifest.due_counts(site.connection)) > 0
    edit(site.connection, newest(site), title_english="Later")
    relay_all(site.connection)
    assert drain(world, LANES).total() == 0
    with pytest.raises(Conflict, match="--yes"):
        site.build()


@pytest.mark.long
def test_who_says_yes_has_it_published_by_whoever_is_there(site: WholeSite, world: World) -> None:
    fill(site, world)
    site.connection.execute(EMPTIED)
    relay_all(site.connection)
    drain(world, LANES)

    brake.release(site.connection)
    drain(world, LANES)

    assert brake.engaged(site.connection) is None
    site.as_of, site.skip = world.renderer().as_of, ()
    site.build(yes=True)
    assert differences(site.live(), site.clean()) == []


@pytest.mark.long
def test_losses_of_several_batches_are_counted_together(site: WholeSite, world: World) -> None:
    fill(site, world)
    for (id,) in site.connection.execute("SELECT id FROM anime ORDER BY slug").fetchall():
        edit(site.connection, id, synopsis=None, synopsis_source=None)
        relay_all(site.connection)
        drain(world, LANES)
    shrunk = [body for body in anime_pages(site.live()).values() if len(body) < len(LONG)]

    assert brake.engaged(site.connection)
    assert len(shrunk) == brake.TOO_FEW


@pytest.mark.long
def test_another_recipe_may_make_pages_smaller(site: WholeSite, world: World) -> None:
    fill(site, world)
    site.connection.execute("UPDATE page SET recipe = 'another'")
    site.connection.execute(EMPTIED)
    relay_all(site.connection)

    drain(world, LANES)

    assert brake.engaged(site.connection) is None
    assert not any(LONG.encode() in body for body in anime_pages(site.live()).values())


def test_pages_that_go_are_counted_too(site: WholeSite, world: World) -> None:
    fill(site, world)
    site.connection.execute("UPDATE anime SET adult = true")
    relay_all(site.connection)

    drain(world, LANES)

    assert brake.engaged(site.connection)


def test_the_ticker_says_so_once_a_minute_and_wakes_nobody(site: WholeSite, world: World) -> None:
    fill(site, world)
    ticker = Ticker(world)
    ticker.tick()
    site.connection.execute(EMPTIED)
    relay_all(site.connection)
    drain(world, LANES)

    with capture_logs() as said:
        for _ in range(3):
            ticker._looked = 0
            ticker.tick()

    assert [line["event"] for line in said if line["log_level"] == "error"] == ["the brake is on"]


def test_a_build_that_would_shrink_much_ends_with_one_line(site: WholeSite, world: World) -> None:
    before = fill(site, world)
    site.connection.execute(EMPTIED)
    with pytest.raises(Conflict, match="nothing is published any more"):
        site.build()

    assert anime_pages(site.live()) == anime_pages(before)
    site.build(yes=True)
    assert site.dirty() == []
    assert differences(site.live(), site.clean()) == []


def fill(site: WholeSite, world: World) -> Live:
    """A built site of anime with long pages, so few others that these count."""
    site.skip = (*site.skip, "cover")
    for number in range(MANY):
        make_anime(site.connection, f"title-{number}", synopsis=LONG, synopsis_source="here")
    site.build(as_of=world.renderer().as_of)
    return site.live()


def anime_pages(live: Live) -> dict[str, bytes]:
    return {key: body for key, (_, body) in live.items() if key.startswith("anime/")}


def newest(site: WholeSite) -> object:
    [(id,)] = site.connection.execute("SELECT id FROM anime ORDER BY slug LIMIT 1").fetchall()
    return id


@pytest.fixture
def world(site: WholeSite) -> Iterator[World]:
    world = World(replace(site.settings, redis_url="redis://127.0.0.1:9/0"))
    yield world
    world.close()
