"""Time: a later day rewrites what speaks of another day, and nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.factories import make_anime, make_episodes, make_noise, make_offer, make_platform
from tests.site.whole import TODAY, WholeSite, differences
from tests.site.world import make_world

TOMORROW = TODAY + timedelta(days=1)


def test_a_later_day_rewrites_exactly_the_pages_that_expire(site: WholeSite) -> None:
    anime = make_anime(site.connection, "airing", status="airing", season="fall", season_year=2026, broadcast_weekday=1)
    make_episodes(site.connection, anime, 1, airs_at=datetime(2026, 11, 23, 14, tzinfo=UTC))
    make_noise(site.connection)
    site.build()
    expiring = {path for (path,) in site.connection.execute("SELECT path FROM page WHERE expires_on <= %s", [TOMORROW])}

    site.build(as_of=TOMORROW)

    assert site.published() == expiring == {"/", "/anime/airing"}
    assert differences(site.live(), site.clean()) == []


def test_the_same_day_again_rewrites_nothing(site: WholeSite) -> None:
    make_world(site.connection)
    site.build()

    assert site.settle() == {}


@pytest.mark.parametrize("days", [1, *(pytest.param(days, marks=pytest.mark.long) for days in (2, 9, 40, 100, 400))])
def test_live_equals_clean_on_any_later_day(site: WholeSite, days: int) -> None:
    make_world(site.connection)
    site.build()

    site.build(as_of=TODAY + timedelta(days=days), yes=True)

    assert differences(site.live(), site.clean()) == []


@pytest.mark.parametrize("days", [40, *(pytest.param(days, marks=pytest.mark.long) for days in (1, 400))])
def test_what_a_later_day_brought_is_gone_when_its_day_is_taken_back(site: WholeSite, days: int) -> None:
    make_world(site.connection)
    site.build()
    before = {key: page for key, page in site.live().items() if not key.startswith("sitemap")}
    site.build(as_of=TODAY + timedelta(days=days), yes=True)

    site.build(as_of=TODAY, yes=True)

    assert {key: page for key, page in site.live().items() if not key.startswith("sitemap")} == before
    assert differences(site.live(), site.clean()) == []


@pytest.mark.long
def test_every_day_of_a_winter_equals_clean(site: WholeSite) -> None:
    make_world(site.connection)
    for week in range(8):
        site.build(as_of=TODAY + timedelta(days=5 * week), yes=True)
        assert differences(site.live(), site.clean()) == [], site.as_of


def test_an_offer_is_gone_on_the_day_it_ends_whether_it_or_its_platform_ends_first(site: WholeSite) -> None:
    anime = make_anime(site.connection, "offered")
    platform = make_platform(site.connection, "Closing", closed_on=date(2026, 12, 1))
    make_offer(site.connection, anime, platform, ended_on=date(2027, 1, 1))
    site.build()
    assert b"Closing" in body(site, "where-to-watch")

    site.build(as_of=date(2026, 12, 1))

    assert site.published() >= {"/where-to-watch", "/where-to-watch/offered", "/anime/offered"}
    assert b"Closing" not in body(site, "where-to-watch")
    assert differences(site.live(), site.clean()) == []


def test_a_season_begins_on_its_first_day_however_far_ahead_it_was_built(site: WholeSite) -> None:
    make_anime(site.connection, "long", status="airing", season="fall", season_year=2026)
    make_anime(site.connection, "coming", status="upcoming", season="spring", season_year=2027)
    site.build()

    site.build(as_of=date(2027, 4, 1))

    assert b"Still airing" in body(site, "season/spring-2027")
    assert differences(site.live(), site.clean()) == []


def body(site: WholeSite, key: str) -> bytes:
    return site.live()[key][1]
