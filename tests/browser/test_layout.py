"""Every type of page fits every screen, keeps still while it loads, and says all of it without scripts."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Route

from tests.browser import in_page
from tests.browser.conftest import DESKTOP, PHONE, Look, complaints, findings
from tests.browser.page_types import TYPES

pytestmark = pytest.mark.long

NARROW, WIDE = 320, 2560
EXTREMES = ("/anime/long-word", "/anime/long", "/anime/x", "/studio/studio-of-nine-hundred")
"""Pages with the longest word, the longest title, the least and the most to show."""
FONT_DELAY = 0.3
UNNOTICED = 0.0005
"""A sum of layout shifts that is written 0.000: a column that grows by the breadth of a hair."""


@pytest.mark.parametrize("kind", TYPES)
def test_nothing_reaches_beyond_the_screen(look: Look, paths: dict[str, str], kind: str) -> None:
    visit = look()
    visit.go(paths[kind])
    for width in (NARROW, WIDE):
        visit.page.set_viewport_size({"width": width, "height": 800})
        assert visit.page.evaluate(in_page.TOO_WIDE) == [], width
        assert visit.page.evaluate(in_page.UNSEEN) == [], width
    assert complaints(visit, kind) == []


@pytest.mark.parametrize("path", EXTREMES)
def test_the_longest_words_and_lists_fit_too(look: Look, path: str) -> None:
    visit = look()
    visit.go(path)
    for width in (NARROW, WIDE):
        visit.page.set_viewport_size({"width": width, "height": 800})
        assert visit.page.evaluate(in_page.TOO_WIDE) == [], width


def test_the_steps_of_the_way_back_stand_on_one_line(look: Look) -> None:
    visit = look()
    visit.go("/genre/genre-1/1998")
    tops = "[...document.querySelectorAll('.crumbs :is(a, span)')].map(step => step.getBoundingClientRect().top)"
    steps = visit.page.evaluate(tops)
    assert len(steps) == 4
    assert max(steps) - min(steps) < 0.5


def test_the_smallest_telephone_has_name_library_and_theme_side_by_side(look: Look) -> None:
    visit = look(viewport={"width": NARROW, "height": 640})
    visit.go("/")
    middles = "['.brand', '.bar .btn', 'theme-switch'].map(one => document.querySelector(one).getBoundingClientRect())"
    boxes = visit.page.evaluate(f"{middles}.map(box => [box.top + box.height / 2, box.right])")
    assert max(middle for middle, _ in boxes) - min(middle for middle, _ in boxes) < 2
    assert max(right for _, right in boxes) <= NARROW


def test_a_very_long_title_leaves_the_others_of_its_list_in_sight(look: Look) -> None:
    visit = look(viewport=PHONE)
    visit.go("/browse/a-z/lo")
    tallest = (
        "Math.max(...[...document.querySelectorAll('.covers li')].map(card => card.getBoundingClientRect().height))"
    )
    assert 300 < visit.page.evaluate(tallest) < 400


def test_a_text_of_another_direction_runs_in_its_own(look: Look) -> None:
    visit = look()
    visit.go("/anime/every-script")
    first = (
        "(() => { const range = document.createRange(); range.selectNodeContents(document.querySelector('.prose p'));"
    )
    ends = visit.page.evaluate(f"{first} return [range.getBoundingClientRect().right,"
                               " document.querySelector('.prose').getBoundingClientRect().right] })()")  # fmt: skip
    assert abs(ends[0] - ends[1]) < 2


def test_nothing_is_lost_at_twice_the_size(look: Look, paths: dict[str, str]) -> None:
    visit = look(viewport={"width": DESKTOP["width"] // 2, "height": DESKTOP["height"] // 2}, device_scale_factor=2)
    assert findings(visit, paths, in_page.TOO_WIDE, in_page.UNSEEN) == {}


@pytest.mark.parametrize("late", [False, True], ids=["soon", "late"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_nothing_moves_whenever_the_fonts_come_and_while_the_reader_scrolls(
    look: Look, paths: dict[str, str], size: dict[str, int], late: bool
) -> None:
    visit = look(viewport=size)
    visit.page.add_init_script(in_page.WATCH_SHIFTS)
    if late:
        visit.page.route("**/*.woff2", _late)
    moved = {}
    for kind in TYPES:
        visit.go(paths[kind])
        moved[kind] = visit.page.evaluate(in_page.SCROLL)
    assert {kind: shifts for kind, shifts in moved.items() if shifts["sum"] >= UNNOTICED} == {}


def test_what_moves_is_noticed(look: Look) -> None:
    visit = look()
    visit.page.add_init_script(in_page.WATCH_SHIFTS)
    visit.go("/")
    visit.page.evaluate(
        "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        ".then(() => document.body.prepend(document.createElement('hr')))"
    )
    assert visit.page.evaluate(in_page.SCROLL)["sum"] > UNNOTICED


def test_text_is_shown_before_its_font_arrives(look: Look, paths: dict[str, str]) -> None:
    assert findings(look(), paths, in_page.HIDING_FONTS) == {}


def test_without_scripts_all_is_there_and_links_lead_on(look: Look, paths: dict[str, str]) -> None:
    visit = look(java_script_enabled=False, viewport=PHONE)
    for kind in TYPES:
        visit.go(paths[kind])
        assert visit.page.locator("h1").is_visible(), kind
        assert visit.page.evaluate(in_page.UNSEEN) == [], kind
        first = visit.page.locator('main a[href^="/"]').first
        if first.count():
            expected = first.get_attribute("href")
            first.click()
            visit.page.wait_for_url(f"**{expected}")
            assert visit.page.locator("h1").is_visible(), expected
    assert complaints(visit, "not_found") == []


def _late(route: Route) -> None:
    time.sleep(FONT_DELAY)
    route.continue_()
