"""Every type of page is for everybody: in the dark, on paper, by keyboard, by finger, in colours of one's own."""

from __future__ import annotations

import pytest

from tests.browser import in_page
from tests.browser.conftest import DESKTOP, PHONE, Look, complaints, findings
from tests.browser.page_types import TYPES

pytestmark = pytest.mark.long

ALWAYS_RUN = {"target-size", "color-contrast", "region", "heading-order"}
DARK, BRIGHT = 0.2, 0.8


@pytest.mark.parametrize("kind", TYPES)
def test_axe_finds_nothing(look: Look, paths: dict[str, str], kind: str) -> None:
    visit = look()
    visit.go(paths[kind])
    visit.page.evaluate(in_page.AXE)
    for scheme in ("light", "dark"):
        visit.page.emulate_media(color_scheme=scheme)
        for size in (PHONE, DESKTOP):
            visit.page.set_viewport_size(size)
            said = visit.page.evaluate(in_page.AXE_RUN, in_page.TAGS)
            assert said["wrong"] == [], (scheme, size["width"])
            assert set(said["rules"]) >= ALWAYS_RUN
    assert complaints(visit, kind) == []


def test_controls_are_large_enough_for_a_finger(look: Look, paths: dict[str, str]) -> None:
    assert findings(look(viewport=PHONE), paths, in_page.TOO_SMALL) == {}


@pytest.mark.parametrize("how", [{"forced_colors": "active"}, {"reduced_motion": "reduce"}, {"media": "print"}])
def test_nothing_is_lost_in_forced_colours_without_motion_or_on_paper(
    look: Look, paths: dict[str, str], how: dict[str, str]
) -> None:
    visit = look()
    visit.page.emulate_media(**how)  # type: ignore[arg-type]
    assert findings(visit, paths, in_page.UNSEEN, in_page.TOO_WIDE) == {}


def test_dark_is_dark_and_light_is_light(look: Look) -> None:
    visit = look(color_scheme="dark")
    visit.go("/")
    assert visit.page.evaluate(in_page.BRIGHTNESS) < DARK
    visit.page.emulate_media(color_scheme="light")
    assert visit.page.evaluate(in_page.BRIGHTNESS) > BRIGHT


def test_the_first_tab_leads_past_the_header(look: Look, paths: dict[str, str]) -> None:
    visit = look()
    for kind in TYPES:
        visit.go(paths[kind])
        visit.page.keyboard.press("Tab")
        assert visit.page.evaluate("document.activeElement.getAttribute('href')") == "#main", kind
        assert visit.page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0, kind
        assert visit.page.locator("#main").count() == 1, kind
