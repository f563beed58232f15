"""The list of a visitor without an account: on the device, at once, and without a word to the server."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import in_page
from tests.browser.conftest import PHONE, Look, Visit

ANIME, WHERE = "/anime/drifters-of-space", "/where-to-watch/drifters-of-space"
LIST = "JSON.parse(localStorage.getItem('list'))"


def test_what_a_guest_tracks_is_kept_on_the_device_and_painted_on_every_page(visit: Visit) -> None:
    visit.go(ANIME)
    press(visit, "Track")
    press(visit, "+ Episode 1")
    visit.page.get_by_label("Your score").select_option("9")

    visit.go(ANIME)

    assert visit.page.get_by_label("Status").input_value() == "watching"
    assert visit.page.get_by_label("Your score").input_value() == "90"
    assert visit.page.get_by_role("button", name="+ Episode 2").is_visible()
    assert visit.page.locator(".panel .eps .seen").get_attribute("d") == "M0 .5h1"
    (entry,) = visit.page.evaluate(f"Object.values({LIST})")
    assert {name: entry[name] for name in ("status", "progress", "score")} == {
        "status": "watching", "progress": 1, "score": 90,
    }  # fmt: skip
    visit.go("/season/spring-1998")
    assert visit.page.locator(f'li:has(a[href="{ANIME}"]) .mine').first.inner_text() == "Watching 1"
    assert [url for url in visit.asked if "/api/" in url] == []
    assert visit.wrong == []


@pytest.mark.long
def test_each_act_of_a_guest_can_be_undone_down_to_an_empty_list(visit: Visit) -> None:
    visit.go(ANIME)
    press(visit, "Track")
    visit.page.get_by_label("Status").select_option("Paused")
    press(visit, "Undo")
    assert visit.page.get_by_label("Status").input_value() == "planning"
    visit.page.get_by_label("Status").select_option("Remove")
    assert visit.page.get_by_role("button", name="Track").is_visible()
    assert visit.page.evaluate("localStorage.length") == 0
    press(visit, "Undo")
    assert visit.page.get_by_label("Status").input_value() == "planning"


@pytest.mark.long
def test_two_windows_of_a_guest_lose_nothing_of_each_other(visit: Visit) -> None:
    visit.go(ANIME)
    other = Visit(visit.page.context.new_page(), visit.address)
    other.go("/anime/now-airing")
    press(other, "Track")
    press(visit, "Track")
    assert visit.page.evaluate(f"Object.keys({LIST}).length") == 2


def test_the_keyboard_alone_is_enough_and_never_loses_its_place(visit: Visit) -> None:
    visit.go(ANIME)
    keys, focused = visit.page.keyboard, "document.activeElement.textContent"
    visit.page.get_by_role("button", name="Track").focus()
    keys.press("Enter")
    assert visit.page.evaluate(focused) == "+ Episode 1"
    keys.press("Space")
    assert visit.page.evaluate(focused) == "+ Episode 2"
    for _ in range(4):
        keys.press("Tab")
    assert visit.page.evaluate(focused) == "Undo"
    keys.press("Enter")
    assert visit.page.evaluate(focused) == "+ Episode 1"
    expect(visit.page.get_by_role("status")).to_have_text("Undone")


@pytest.mark.parametrize("path", [ANIME, WHERE])
def test_the_control_has_its_room_from_the_first_paint_and_is_large_enough_for_a_thumb(look: Look, path: str) -> None:
    visit = look(viewport=PHONE)
    visit.page.add_init_script(in_page.WATCH_SHIFTS)
    visit.go(path)
    before = visit.page.locator("track-control").bounding_box()
    press(visit, "Track")
    press(visit, "+ Episode 1")
    assert before is not None and visit.page.locator("track-control").bounding_box() == before
    assert visit.page.evaluate(in_page.SCROLL)["by"] == []
    sizes = visit.page.locator("track-control :is(button, select)").evaluate_all("all => all.map(e => e.offsetHeight)")
    assert min(sizes) >= 44
    assert visit.page.evaluate(in_page.TOO_WIDE) == []


@pytest.mark.long
def test_axe_finds_nothing_while_something_is_tracked(visit: Visit) -> None:
    visit.go(ANIME)
    press(visit, "Track")
    visit.page.evaluate(in_page.AXE)
    for scheme in ("light", "dark"):
        visit.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert visit.page.evaluate(in_page.AXE_RUN, in_page.TAGS)["wrong"] == []


def test_without_scripts_there_is_a_link_to_join_that_keeps_what_one_came_for(visit_without_scripts: Visit) -> None:
    for path in (ANIME, WHERE):
        visit_without_scripts.go(path)
        link = visit_without_scripts.page.get_by_role("link", name="Track")
        anime = visit_without_scripts.page.locator("track-control").get_attribute("anime")
        assert link.get_attribute("href") == f"/join?track={anime}&next={path}"
        assert visit_without_scripts.page.locator("track-control select").count() == 0


def press(visit: Visit, name: str) -> None:
    visit.page.get_by_role("button", name=name, exact=True).click()
