"""Lists without scripts: filters and orders of a season, decades of a studio, feeds, and what machines look for."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time
from io import BytesIO

import pytest
from lxml import etree  # type: ignore[import-untyped]
from PIL import Image

from dynamic.app import create_app
from tests.factories import edit, make_anime, make_noise, make_studio
from tests.site.page_checks import Page
from tests.site.whole import WholeSite, differences

ATOM = "{http://www.w3.org/2005/Atom}"


def test_a_season_can_be_filtered_and_ordered_by_plain_links(site: WholeSite) -> None:
    fall(site)
    site.build()

    assert titles(site, "season/fall-2026") == ["Much", "Film", "Anew"]
    assert titles(site, "season/fall-2026/a-z") == ["Anew", "Film", "Much"]
    assert titles(site, "season/fall-2026/air-time") == ["Anew", "Much", "Film"]
    assert titles(site, "season/fall-2026/tv/a-z") == ["Anew", "Much"]
    assert titles(site, "season/fall-2026/movie") == ["Film"]
    views = [href for href in page(site, "season/fall-2026").hrefs if href.startswith("/season/fall-2026")]
    assert {view[1:] for view in views} <= set(site.live())


def test_filtered_and_ordered_lists_are_kept_from_search_engines(site: WholeSite) -> None:
    fall(site)
    site.build()

    views = [key for key in site.live() if key.startswith("season/fall-2026/")]
    assert len(views) == 2 + 2 * 3
    assert all(page(site, key).noindex and page(site, key).link("canonical")[0].endswith(key) for key in views)
    assert not page(site, "season/fall-2026").noindex


def test_a_season_of_one_format_offers_no_filter_and_one_title_no_order(site: WholeSite) -> None:
    make_anime(site.connection, "one", season="fall", season_year=2026)
    site.build()
    assert not [key for key in site.live() if key.startswith("season/fall-2026/")]

    make_anime(site.connection, "two", season="fall", season_year=2026)
    site.build()

    assert {key for key in site.live() if key.startswith("season/fall-2026/")} == {
        "season/fall-2026/a-z",
        "season/fall-2026/air-time",
    }
    assert differences(site.live(), site.clean()) == []


@pytest.mark.long
def test_the_last_of_a_format_takes_its_list_along(site: WholeSite) -> None:
    film = fall(site)
    site.build()
    edit(site.connection, film, format="tv")

    site.build()

    assert not [key for key in site.live() if key.startswith(("season/fall-2026/movie", "season/fall-2026/tv"))]
    assert differences(site.live(), site.clean()) == []


def test_a_large_studio_is_cut_by_decade_and_every_title_stands_once(site: WholeSite) -> None:
    made = [make_anime(site.connection, f"t-{n}", season_year=1975 + n % 50) for n in range(61)]
    make_studio(site.connection, "Large", *made)
    make_noise(site.connection)
    site.build()

    decades = [key for key in site.live() if key.startswith("studio/large/")]
    assert sorted(decades) == [f"studio/large/{year}s" for year in (1970, 1980, 1990, 2000, 2010, 2020)]
    listed = [href for key in decades for href in page(site, key).hrefs if href.startswith("/anime/")]
    assert sorted(listed) == sorted(f"/anime/t-{n}" for n in range(61))
    assert {f"/{key}" for key in decades} <= set(page(site, "studio/large").hrefs)
    assert not page(site, decades[0]).noindex


def test_a_title_of_another_decade_reaches_that_decade_only(site: WholeSite) -> None:
    made = [make_anime(site.connection, f"t-{n}", season_year=1980 + 10 * (n % 4), popularity=n) for n in range(64)]
    make_studio(site.connection, "Large", *made)
    site.build()
    edit(site.connection, made[1], title_english="Renamed")

    site.build()

    reached = {path for path in site.published() if path.startswith("/studio")}
    assert reached == {"/studio/large/1990s"}


def test_new_anime_and_seasons_are_told_by_feeds(site: WholeSite) -> None:
    old, new = datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 11, 3, 4, 5, tzinfo=UTC)
    old_one = make_anime(site.connection, "old", title_english="Old & <worn>", created_at=old)
    anew = {"title_english": "New\x0b", "season": "fall", "season_year": 2026}
    new_one = make_anime(site.connection, "new", created_at=new, **anew)
    make_anime(site.connection, "hidden", adult=True)
    site.build()

    assert entries(site, "feeds/anime.atom") == [
        ("New ", f"urn:uuid:{new_one}", "2026-11-03T04:05:00Z"),
        ("Old & <worn>", f"urn:uuid:{old_one}", "2026-01-02T00:00:00Z"),
    ]
    assert entries(site, "feeds/seasons.atom")[0] == (
        "Fall 2026 anime", "https://anime.test/season/fall-2026", "2026-10-01T00:00:00Z",
    )  # fmt: skip
    make_anime(site.connection, "newest", created_at=datetime(2026, 11, 20, tzinfo=UTC))
    site.build()
    assert "/feeds/anime.atom" in site.published()


def test_a_feed_without_entries_is_a_feed(site: WholeSite) -> None:
    site.build()

    assert entries(site, "feeds/anime.atom") == []


def test_browsers_find_a_manifest_whose_icons_are_there(site: WholeSite) -> None:
    site.build()

    head, body = site.live()["manifest.webmanifest"]
    manifest = json.loads(body)
    assert (head.content_type, manifest["name"]) == ("application/manifest+json", "AutoTrack Anime")
    assert {icon["src"][1:] for icon in manifest["icons"]} <= set(site.live())
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}


@pytest.mark.parametrize("day, expires", [(date(2026, 11, 22), "2027-06-01"), (date(2026, 12, 31), "2027-07-01")])
def test_security_researchers_find_a_contact_that_has_not_expired(site: WholeSite, day: date, expires: str) -> None:
    site.build(as_of=day)

    lines = site.live()[".well-known/security.txt"][1].decode().splitlines()
    assert lines[:2] == ["Contact: https://anime.test/privacy", f"Expires: {expires}T00:00:00Z"]


@pytest.mark.long
def test_a_contact_stands_in_security_txt_and_on_the_page_on_privacy(site: WholeSite) -> None:
    site.build()
    assert "Whom to ask" not in page(site, "privacy").words("h2")
    site.settings = replace(site.settings, security_contact="mailto:safety@anime.test")

    site.build()

    assert b"Contact: mailto:safety@anime.test\n" in site.live()[".well-known/security.txt"][1]
    [link] = [link for link in page(site, "privacy").all("a") if link.get("href") == "mailto:safety@anime.test"]
    assert link.text == "safety@anime.test"


def test_an_icon_is_there_for_those_who_ask_for_it_by_habit(site: WholeSite) -> None:
    site.build()

    answer = create_app(site.settings).test_client().get("/favicon.ico")
    assert (answer.status_code, answer.mimetype) == (200, "image/x-icon")
    assert Image.open(BytesIO(answer.data)).info["sizes"] == {(16, 16), (32, 32), (48, 48)}


def test_a_season_to_come_is_as_old_as_what_is_known_of_it(site: WholeSite) -> None:
    for day in (20, 3):
        added = datetime(2026, 11, day, tzinfo=UTC)
        make_anime(site.connection, f"coming-{day}", season="winter", season_year=2027, created_at=added)
    site.build()

    assert [entry[2] for entry in entries(site, "feeds/seasons.atom")] == ["2026-11-03T00:00:00Z"]
    make_anime(site.connection, "known", season="winter", season_year=2027, created_at=datetime(2026, 1, 1, tzinfo=UTC))
    site.build()
    assert [entry[2] for entry in entries(site, "feeds/seasons.atom")] == ["2026-01-01T00:00:00Z"]
    assert differences(site.live(), site.clean()) == []


@pytest.mark.long
def test_a_renamed_anime_is_the_same_entry_of_the_feed(site: WholeSite) -> None:
    anime = make_anime(site.connection, "before")
    site.build()
    told = entries(site, "feeds/anime.atom")
    edit(site.connection, anime, slug="after")
    site.build()

    assert [entry[1] for entry in entries(site, "feeds/anime.atom")] == [entry[1] for entry in told]
    assert told[0][1] == f"urn:uuid:{anime}"


def test_every_letter_of_a_to_z_is_a_step_away(site: WholeSite) -> None:
    for slug in ("apple", "axe", "7-seeds"):
        make_anime(site.connection, slug)
    site.build()

    browse = page(site, "browse")
    assert [href for href in browse.hrefs if href.startswith("#az")] == ["#az-0", "#az-a"]
    assert [(heading.text, heading.get("id")) for heading in browse.all("h3")] == [("#", "az-0"), ("A", "az-a")]


def fall(site: WholeSite) -> object:
    """Three titles of a season; returns the film's id."""
    season = {"season": "fall", "season_year": 2026}
    make_anime(
        site.connection, "much", title_english="Much", popularity=90_000, broadcast_weekday=2,
        broadcast_time=time(1, 30), **season,
    )  # fmt: skip
    make_anime(site.connection, "anew", title_english="Anew", popularity=1, broadcast_weekday=1, **season)
    return make_anime(site.connection, "film", title_english="Film", popularity=500, format="movie", **season)


def titles(site: WholeSite, key: str) -> list[str]:
    return page(site, key).words("h3")[-3:] if key == "season/fall-2026" else page(site, key).words("h3")


def page(site: WholeSite, key: str) -> Page:
    return Page(f"/{key}", site.live()[key][1].decode())


def entries(site: WholeSite, key: str) -> list[tuple[str, str, str]]:
    feed = etree.fromstring(site.live()[key][1])
    assert feed.tag == f"{ATOM}feed"
    return [
        (entry.findtext(f"{ATOM}title"), entry.findtext(f"{ATOM}id"), entry.findtext(f"{ATOM}updated"))
        for entry in feed.iter(f"{ATOM}entry")
    ]
