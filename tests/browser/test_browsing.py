"""A visitor clicks through the site: everything is there, nothing fails, and nobody else hears of it."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visit


def test_from_home_to_a_season_an_anime_its_offers_its_studio_and_its_genre(visit: Visit) -> None:
    assert visit.go("/").status == 200
    assert visit.click("The whole season and its week") == "/season/fall-2026"
    assert visit.click("Seasons", "header") == "/seasons"
    assert visit.click("Spring") == "/season/spring-1998"
    assert visit.click("Space Drifters") == "/anime/drifters-of-space"
    assert visit.heading() == "Space Drifters"
    assert visit.click("All regions") == "/where-to-watch/drifters-of-space"
    assert visit.page.get_by_role("link", name="Streamer").count() == 13
    assert visit.click("Everything about Space Drifters") == "/anime/drifters-of-space"
    assert visit.click("Bones") == "/studio/bones-inc"
    assert visit.click("Space Drifters") == "/anime/drifters-of-space"
    assert visit.click("Genre 1") == "/genre/genre-1"
    assert visit.click("1998") == "/genre/genre-1/1998"
    visit.page.go_back()
    assert visit.path == "/genre/genre-1"
    assert visit.wrong == []


def test_it_all_works_without_scripts_on_a_small_screen(visit_without_scripts: Visit) -> None:
    visit = visit_without_scripts
    visit.go("/")
    assert visit.click("Browse") == "/browse"
    assert visit.click("dr") == "/browse/a-z/dr"
    assert visit.click("Space Drifters") == "/anime/drifters-of-space"
    visit.page.get_by_role("link", name="Skip to content").press("Enter")
    visit.page.wait_for_url("**/anime/drifters-of-space#main")
    assert visit.click("All regions") == "/where-to-watch/drifters-of-space"
    visit.go("/anime/endless")
    assert visit.click("1101–1168") == "/anime/endless/episodes/12"
    assert visit.wrong == []


def test_an_address_that_leads_nowhere_shows_a_page_with_ways_on(visit: Visit) -> None:
    assert visit.go("/anime/no-such-anime").status == 404
    assert visit.heading() == "Nothing here"
    assert visit.click("All anime from A to Z") == "/browse"
    assert [wrong for wrong in visit.wrong if "404" not in wrong] == []


def test_an_old_address_leads_to_the_new_one_and_a_gone_one_says_so(visit: Visit) -> None:
    visit.go("/anime/space-drifters")
    assert visit.path == "/anime/drifters-of-space"
    assert visit.go("/anime/was-here").status == 410
    assert visit.click("Browse all anime") == "/browse"


def test_a_page_asks_nobody_else_for_anything_and_leaves_nothing_behind(visit: Visit) -> None:
    visit.go("/anime/drifters-of-space")
    assert [address for address in visit.asked if not address.startswith(f"{visit.address}/")] == []
    assert visit.page.context.cookies() == []
    assert visit.page.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0


@pytest.mark.long
def test_every_kind_of_page_opens_without_a_complaint(visit: Visit) -> None:
    for path in (
        "/", "/browse", "/browse/a-z/cr", "/browse/year/1998", "/browse/format/tv", "/browse/format/tv/1998",
        "/browse/airing", "/seasons", "/season/winter-2024", "/genres", "/genre/genre-1", "/genre/genre-1/1998",
        "/studios", "/where-to-watch", "/studio/studio-of-nine-hundred", "/anime/endless",
        "/anime/endless/episodes/3", "/anime/long", "/anime/x", "/where-to-watch/drifters-of-space",
        "/about-the-data", "/privacy",
    ):  # fmt: skip
        assert visit.go(path).status == 200, path
        assert visit.heading().strip(), path
        assert visit.page.locator("h1").is_visible(), path
    assert visit.wrong == []


def test_japanese_is_drawn_with_glyphs(visit: Visit) -> None:
    """Missing glyphs are all one box: two different signs then have one picture."""
    visit.go("/anime/drifters-of-space")
    script = """text => { const canvas = document.createElement('canvas'), pen = canvas.getContext('2d');
        canvas.width = canvas.height = 40; pen.font = '30px sans-serif'; pen.fillText(text, 2, 32);
        return canvas.toDataURL(); }"""
    assert len({visit.page.evaluate(script, sign) for sign in "宇宙の漂流者"}) == 6
