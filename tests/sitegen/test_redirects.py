"""What stands at an address that something had and has no more."""

from __future__ import annotations

import pytest

from tests.factories import edit, make_anime, make_genre, make_noise, make_offer, make_platform, make_studio, update
from tests.site.whole import WholeSite, differences


def test_a_renamed_anime_moves_for_good(site: WholeSite) -> None:
    anime = make_anime(site.connection, "old")
    make_noise(site.connection)
    site.build()
    edit(site.connection, anime, slug="new")

    site.build()

    assert moves(site, "anime/old") == (301, "/anime/new")
    assert site.live()["anime/new"][0].status == 200
    assert differences(site.live(), site.clean()) == []


@pytest.mark.long
def test_a_chain_of_renames_leads_straight_to_the_newest(site: WholeSite) -> None:
    anime = make_anime(site.connection, "first")
    for slug in ("second", "third", "fourth"):
        site.build()
        edit(site.connection, anime, slug=slug)
    site.build()

    assert {moves(site, f"anime/{slug}") for slug in ("first", "second", "third")} == {(301, "/anime/fourth")}
    assert differences(site.live(), site.clean()) == []


def test_a_name_that_comes_back_is_a_page_again(site: WholeSite) -> None:
    anime = make_anime(site.connection, "old")
    for slug in ("new", "old"):
        site.build()
        edit(site.connection, anime, slug=slug)
    site.build()

    assert site.live()["anime/old"][0].status == 200
    assert moves(site, "anime/new") == (301, "/anime/old")


def test_where_to_watch_moves_with_its_anime(site: WholeSite) -> None:
    anime = make_anime(site.connection, "old")
    make_offer(site.connection, anime, make_platform(site.connection, "Crunchy"))
    site.build()
    edit(site.connection, anime, slug="new")
    site.build()
    assert moves(site, "where-to-watch/old") == (301, "/where-to-watch/new")

    site.connection.execute("DELETE FROM offer")
    site.build()

    assert moves(site, "where-to-watch/old") == (301, "/anime/new")


def test_a_deleted_anime_is_gone(site: WholeSite) -> None:
    make_anime(site.connection, "deleted")
    make_noise(site.connection)
    site.build()
    site.connection.execute("DELETE FROM anime WHERE slug = 'deleted'")

    site.build()

    assert moves(site, "anime/deleted") == (410, None)
    assert b"gone" in site.live()["anime/deleted"][1]
    assert differences(site.live(), site.clean()) == []


def test_an_anime_that_is_adult_is_not_led_to(site: WholeSite) -> None:
    anime = make_anime(site.connection, "old")
    edit(site.connection, anime, slug="new")
    site.build()
    edit(site.connection, anime, adult=True)

    site.build()

    assert moves(site, "anime/old") == (410, None)
    assert "anime/new" not in site.live()


@pytest.mark.long
def test_a_studio_or_genre_without_a_page_is_not_led_to(site: WholeSite) -> None:
    anime = make_anime(site.connection, "anime")
    make_studio(site.connection, "Old Studio", anime)
    make_genre(site.connection, "Old Genre", anime)
    for table in ("studio", "genre"):
        update(site.connection, table, {"slug": f"old-{table}"}, {"slug": f"new-{table}"})
    site.build()
    assert moves(site, "studio/old-studio") == (301, "/studio/new-studio")
    assert moves(site, "genre/old-genre") == (301, "/genre/new-genre")

    site.connection.execute("DELETE FROM anime_studio")
    site.connection.execute("DELETE FROM anime_genre")
    site.build()

    assert moves(site, "studio/old-studio") == moves(site, "genre/old-genre") == (410, None)
    assert differences(site.live(), site.clean()) == []


def moves(site: WholeSite, key: str) -> tuple[int, str | None]:
    head = site.live()[key][0]
    return head.status, head.location
