"""`lastmod` is when the page's content last changed, never when it was built."""

from __future__ import annotations

from datetime import timedelta

import pytest
from lxml import etree  # type: ignore[import-untyped]

from tests.factories import edit, make_anime, make_noise
from tests.site.whole import BEGAN, WholeSite

SPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def test_a_build_without_changes_moves_no_date(site: WholeSite) -> None:
    make_noise(site.connection)
    site.build()
    before = site.live()["sitemaps/0.xml"]

    site.build(clean=True)

    assert site.live()["sitemaps/0.xml"] == before
    assert set(entries(site).values()) == {stamp(1)}


def test_only_the_page_whose_content_changed_has_a_new_date(site: WholeSite) -> None:
    anime = make_anime(site.connection, "changed")
    make_noise(site.connection)
    site.build()
    edit(site.connection, anime, synopsis="New.", synopsis_source="here")

    site.build()

    assert {path for path, date in entries(site).items() if date == stamp(2)} == {"/anime/changed"}
    assert index(site) == {"/sitemaps/0.xml": stamp(2)}


@pytest.mark.long
def test_an_edit_that_is_taken_back_before_the_build_moves_no_date(site: WholeSite) -> None:
    anime = make_anime(site.connection, "changed", title_english="One", synopsis="Told.", synopsis_source="here")
    site.build()
    edit(site.connection, anime, title_english="Two")
    edit(site.connection, anime, title_english="One")

    site.build()

    assert set(site.verdicts()["anime"]) == {"fresh"}
    assert entries(site)["/anime/changed"] == stamp(1)


def test_a_page_that_search_engines_should_not_list_is_not_in_the_sitemap(site: WholeSite) -> None:
    make_anime(site.connection, "thin", season=None)
    make_anime(site.connection, "told", synopsis="Much.", synopsis_source="here")
    site.build()

    assert "/anime/told" in entries(site)
    assert entries(site).keys().isdisjoint({"/anime/thin", "/404", "/robots.txt", "/sitemap.xml"})
    assert b"noindex" in site.live()["anime/thin"][1]


@pytest.mark.long
def test_long_sitemaps_are_cut_and_stay_cut(site: WholeSite) -> None:
    site.connection.execute(
        "INSERT INTO anime (id, slug, title_romaji, synopsis, synopsis_source)"
        " SELECT gen_random_uuid(), 'title-' || n, 'Title', 'Told.', 'here' FROM generate_series(1, 2000) n"
    )
    site.build()
    shards = index(site)
    assert len(shards) == 2
    assert 2000 < len(entries(site)) < 2100

    site.connection.execute("DELETE FROM anime WHERE random() < 0.9")
    site.build(yes=True)

    assert index(site).keys() == shards.keys()


def entries(site: WholeSite) -> dict[str, str]:
    return {path: date for shard in index(site) for path, date in dates(site, shard[1:]).items()}


def index(site: WholeSite) -> dict[str, str]:
    return dates(site, "sitemap.xml")


def dates(site: WholeSite, key: str) -> dict[str, str]:
    root = etree.fromstring(site.live()[key][1])
    pairs = zip(root.findall(".//s:loc", SPACE), root.findall(".//s:lastmod", SPACE), strict=True)
    return {(place.text or "").removeprefix("https://anime.test"): date.text or "" for place, date in pairs}


def stamp(build: int) -> str:
    """The moment of a build, as sitemaps say it."""
    return (BEGAN + timedelta(minutes=build)).strftime("%Y-%m-%dT%H:%M:%SZ")
