"""A build that is left to workers: one phase after the other, each page once, and anyone can see how far it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from domain import lease, manifest, progress
from domain.lease import BULK, LANES
from jobs import plan as planning
from jobs.drain import drain
from jobs.site import hand_out
from jobs.world import World
from tests.factories import make_anime, make_noise
from tests.site.whole import BEGAN, WarmBuild, WholeSite, differences


@pytest.mark.long
def test_what_is_handed_out_is_built_once_page_by_page_and_the_same_as_by_a_build(
    site: WholeSite, world: World
) -> None:
    make_noise(site.connection)
    planned = hand_out(order(site, world))

    verdicts = drain(world, (BULK,))

    assert verdicts.total() == planned.total
    site.as_of, site.skip = world.renderer().as_of, ()
    assert differences(site.live(), site.clean()) == []


def test_a_phase_waits_for_whoever_is_at_the_one_before(site: WholeSite, world: World) -> None:
    make_noise(site.connection)
    hand_out(order(site, world))
    drain(world, (BULK,), budget=0)
    number, held = lease.take(site.connection, BULK, "genre", 1)
    while drain(world, (BULK,)):
        pass

    assert set(manifest.due_counts(site.connection)) >= {"genre", "sitemap", "sitemap_index"}
    lease.give_back(site.connection, number, [page.key for page in held])
    drain(world, (BULK,))
    assert manifest.due_counts(site.connection) == {}


def test_progress_counts_what_is_done_since_the_build_began_and_goes_on_where_it_was(
    site: WholeSite, world: World
) -> None:
    make_noise(site.connection)
    planned = hand_out(order(site, world))
    assert progress.look(site.connection).done == 0
    drain(world, (BULK,), budget=0)

    first = progress.look(site.connection)
    assert 0 < first.done < planned.total == first.planned == first.done + first.left
    assert first.rate > 0

    hand_out(order(site, world))
    again = progress.look(site.connection)
    assert (again.began, again.planned, again.done) == (first.began, first.planned, first.done)
    drain(world, (BULK,))
    assert (progress.look(site.connection).left, progress.look(site.connection).done) == (0, planned.total)


def test_progress_knows_who_works_and_what_failed(site: WholeSite, world: World) -> None:
    make_anime(site.connection, "bebop")
    drain(world, LANES)
    site.connection.execute(
        "INSERT INTO page (key, kind, wanted, failed, due_at) VALUES ('anime/x', 'anime', 1, 1, 'infinity')"
    )

    seen = progress.look(site.connection).plain()

    assert seen["workers"]["worker bulk"] == 1
    assert (seen["dead"], seen["failed"], seen["left"]) == (1, 0, 0)


def test_a_deploy_dirties_the_kinds_whose_recipe_changed_and_the_newest_and_best_known_go_first(
    site: WholeSite, world: World
) -> None:
    for number, year in enumerate((2019, 2024, 2007)):
        make_anime(site.connection, season_year=year, popularity=10 ** (number + 1))
    hand_out(order(site, world))
    drain(world, (BULK,))
    world.builder._recipes |= {"season": b"another template", "anime": b"another template"}

    planned = planning.plan(site.connection, world.bucket, world.builder, world.renderer().as_of)

    assert dict(planned.due) == {"anime": 3, "season": 4}, "and the season that it is now"
    _, seasons = lease.take(site.connection, BULK, "season", 9)
    ordered = [page.key for page in sorted(seasons, key=lambda page: (page.turn, page.key))]
    assert ordered[1:] == [f"season/spring-{year}" for year in (2024, 2019, 2007)]
    _, [first] = lease.take(site.connection, BULK, "anime", 1)
    row = site.connection.execute("SELECT popularity FROM anime WHERE 'anime/' || id = %s", [first.key]).fetchone()
    assert row == (1000,)


def order(site: WholeSite, world: World) -> WarmBuild:
    return WarmBuild(site.settings, world.renderer().as_of, BEGAN)


@pytest.fixture
def world(site: WholeSite) -> Iterator[World]:
    world = World(replace(site.settings, redis_url="redis://127.0.0.1:9/0"), "worker bulk")
    yield world
    world.close()
