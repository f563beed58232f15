"""Islands: a theme that is kept, and times in the visitor's own zone; the browser here lives in UTC."""

from __future__ import annotations

from tests.browser.conftest import Visit

PAPER = "getComputedStyle(document.body).backgroundColor"
LIGHT, DARK = "rgb(252, 251, 249)", "rgb(18, 19, 21)"


def test_a_chosen_theme_holds_on_every_page_before_anything_is_painted(visit: Visit) -> None:
    visit.go("/")
    switch = visit.page.get_by_role("button", name="Theme")
    assert (switch.inner_text(), visit.page.evaluate(PAPER)) == ("Auto", LIGHT)
    switch.click()
    switch.click()
    assert (switch.inner_text(), visit.page.evaluate(PAPER)) == ("Dark", DARK)

    visit.go("/browse")

    assert (switch.inner_text(), visit.page.evaluate(PAPER)) == ("Dark", DARK)
    assert visit.page.evaluate("document.documentElement.dataset.theme") == "dark"
    switch.click()
    assert visit.page.evaluate("[localStorage.length, document.documentElement.dataset.theme ?? '']") == [0, ""]
    assert visit.wrong == []


def test_without_a_choice_the_system_decides(visit: Visit) -> None:
    visit.page.emulate_media(color_scheme="dark")
    visit.go("/")
    assert visit.page.evaluate(PAPER) == DARK


def test_the_switch_is_reached_and_used_by_the_keyboard(visit: Visit) -> None:
    visit.go("/")
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.textContent") == "Skip to content"
    for _ in range(8):
        visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Enter")
    assert visit.page.evaluate("document.activeElement.textContent") == "Light"


def test_the_next_episode_is_told_in_the_visitor_s_zone_with_scripts_and_in_japan_s_without(
    visit: Visit, visit_without_scripts: Visit
) -> None:
    for each, expected in (
        (visit_without_scripts, ("29 November 2099, 23:30", "Japan time")),
        (visit, ("14:30", "your time")),
    ):
        each.go("/anime/now-airing")
        shown = each.page.locator(".panel time").inner_text()
        assert all(words in shown for words in expected), shown


def test_the_week_is_told_in_the_visitor_s_zone(visit: Visit) -> None:
    visit.go("/season/fall-2026")
    assert visit.page.locator("[data-slot='23:30']").first.inner_text() == "14:30"
    assert visit.page.locator("[data-slot='01:05']").first.inner_text() == "16:05⁻¹"
    assert visit.page.locator("[data-zone]").inner_text() == "Your time, days as in Japan (⁻¹: day before)"
