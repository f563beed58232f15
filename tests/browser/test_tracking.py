"""Tracking with an account, on pages that are the same for all: joined, painted, undone, offline, on two devices."""

from __future__ import annotations

import itertools
import json
import os
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from domain import sessions
from ports.database import connect
from tests.browser import in_page
from tests.browser.conftest import DESKTOP, PATIENCE, PHONE, Look, Visit, visiting
from tests.domain.fans import make_account
from tests.dynamic.people import PASSWORD
from tests.site.published import Published

ANIME = "/anime/drifters-of-space"
API = "**/api/v1/**"
_numbers = itertools.count(1)


@pytest.mark.long
def test_who_joins_from_a_page_has_there_what_was_tracked_as_a_guest(visit: Visit) -> None:
    visit.go(ANIME)
    press(visit, "Track")
    press(visit, "+ Episode 1")
    visit.page.get_by_label("Your score").select_option("8")
    assert asked_api(visit) == []

    visit.page.get_by_role("link", name="Join to keep it").click()
    fill_in(visit)

    assert visit.path == ANIME
    expect(visit.page.get_by_role("button", name="+ Episode 2")).to_be_visible()
    entry = told(visit)
    assert (entry["status"], entry["progress"], entry["score"]) == ("watching", 1, 80)
    wait_until_saved(visit)
    assert visit.page.evaluate("localStorage.getItem('list')") is None
    assert told(visit)["progress"] == 1
    assert visit.wrong == []


@pytest.mark.long
def test_who_joins_without_scripts_has_what_was_come_for(visit_without_scripts: Visit) -> None:
    visit = visit_without_scripts
    visit.go(ANIME)
    visit.page.get_by_role("link", name="Track").click()
    fill_in(visit)
    assert visit.path == ANIME
    visit.go("/library")
    assert visit.page.locator(".shelf h2").inner_text() == "Space Drifters"
    visit.page.get_by_role("button", name="+ Episode 1").click()
    expect(visit.page.locator("[data-count]")).to_have_text("1 of 26")
    visit.page.get_by_role("button", name="Undo").click()
    expect(visit.page.locator("[data-count]")).to_have_text("0 of 26")
    visit.go("/library?view=list")
    expect(visit.page.get_by_role("link", name="Edit Space Drifters")).to_be_visible()
    assert [visit.page.evaluate(question) for question in (in_page.TOO_WIDE, in_page.TOO_SMALL)] == [[], []]
    visit.page.get_by_label("Search").fill("nothing like it")
    visit.page.get_by_role("button", name="Show").click()
    expect(visit.page.get_by_text("Nothing on your list is like that.")).to_be_visible()
    assert visit.page.locator(".shelf h2").count() == 0
    assert visit.page.evaluate(in_page.TOO_WIDE) == []
    assert visit.wrong == []


def test_what_is_pressed_is_saved_painted_everywhere_and_undone(member: Visit) -> None:
    member.go(ANIME)
    press(member, "Track")
    press(member, "+ Episode 1")
    wait_until_saved(member)
    assert told(member)["progress"] == 1

    member.go("/season/spring-1998")
    expect(member.page.locator(f'li:has(a[href="{ANIME}"]) .mine')).to_have_text("Watching 1")
    member.go(ANIME)
    press(member, "+ Episode 2")
    press(member, "Undo")
    expect(member.page.get_by_role("button", name="+ Episode 2")).to_be_focused()
    wait_until_saved(member)
    assert told(member)["progress"] == 1
    assert member.wrong == []


def test_a_page_asks_once_for_all_that_stands_on_it(member: Visit) -> None:
    with member.page.expect_response(API):
        member.go("/")
    expect(member.page.locator("[data-anime]").first).to_be_visible()
    member.page.wait_for_load_state("networkidle")
    assert len(asked_api(member)) == 1


def test_what_is_done_offline_survives_a_reload_and_is_saved_once_back(member: Visit) -> None:
    member.go(ANIME)
    expect_button(member, "Track")
    member.page.route(API, lambda route: route.abort())
    for name in ("Track", "+ Episode 1", "+ Episode 2"):
        press(member, name)

    member.go(ANIME)

    expect_button(member, "+ Episode 3")
    assert waiting(member) == 3
    member.page.unroute(API)
    member.page.evaluate("dispatchEvent(new Event('online'))")
    wait_until_saved(member)
    assert told(member)["progress"] == 2


@pytest.mark.long
def test_the_button_says_which_episode_it_takes_whatever_was_left_out(member: Visit) -> None:
    member.go(ANIME)
    press(member, "Track")
    wait_until_saved(member)
    id = member.page.locator("track-control").get_attribute("anime")
    member.page.evaluate(
        "id => fetch(`/api/v1/me/library/${id}/episodes/25`, {method: 'PUT', body: '{}',"
        " headers: {'content-type': 'application/json'}})", id
    )  # fmt: skip
    for path in (ANIME, "/library"):
        member.go(path)
        member.page.get_by_role("button", name=re.compile("Episode 26|Missed")).first.click()
        expect(member.page.get_by_role("status")).to_have_text(re.compile("^(Episode 26|Missed episode) watched$"))
        wait_until_saved(member)
    expect_button(member, "+ Missed episode of Space Drifters")
    assert (told(member)["progress"], told(member)["furthest"]) == (3, 26)


@pytest.mark.long
def test_an_answer_that_is_lost_on_its_way_back_counts_nothing_twice(member: Visit) -> None:
    member.go(ANIME)
    press(member, "Track")
    wait_until_saved(member)

    lost: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch()  # the server has done it, and nobody hears of it
            lost.append(route.request.url)
        route.abort()

    member.page.route(API, lose)
    press(member, "+ Episode 1")
    wait_until(member, lambda: lost)
    assert waiting(member) == 1
    member.page.unroute(API)
    member.go(ANIME)
    wait_until_saved(member)
    assert told(member)["progress"] == 1


@pytest.mark.long
def test_what_the_server_refuses_is_taken_back_and_said(member: Visit) -> None:
    member.go(ANIME)
    press(member, "Track")
    wait_until_saved(member)
    refusal = {"status": 409, "title": "Conflict", "detail": "Not today."}
    member.page.route("**/plus-one", lambda route: route.fulfill(status=409, body=json.dumps(refusal)))
    press(member, "+ Episode 1")
    expect(member.page.get_by_role("status")).to_have_text("Not saved: Not today.")
    expect_button(member, "+ Episode 1")
    assert waiting(member) == 0


@pytest.mark.long
def test_who_is_behind_another_device_is_told_and_sees_what_there_is(member: Visit) -> None:
    member.go(ANIME)
    press(member, "Track")
    wait_until_saved(member)
    other = Visit(member.page.context.new_page(), member.address)
    other.go(ANIME)
    press(other, "+ Episode 1")
    wait_until_saved(other)

    press(member, "+ Episode 1")

    expect(member.page.get_by_role("status")).to_contain_text("Not saved: This was changed elsewhere")
    expect_button(member, "+ Episode 2")
    assert told(member)["progress"] == 1


@pytest.mark.long
def test_what_waits_for_one_account_is_not_sent_to_another(look: Look, served: Published) -> None:
    visit = look()
    enter(visit, served)
    visit.go(ANIME)
    expect_button(visit, "Track")
    visit.page.route(API, lambda route: route.abort())
    press(visit, "Track")
    visit.page.unroute(API)
    visit.page.context.clear_cookies()
    enter(visit, served)
    visit.go(ANIME)
    expect_button(visit, "Track")
    visit.page.wait_for_load_state("networkidle")
    assert told(visit) is None


@pytest.mark.long
def test_a_long_list_stays_on_the_device_until_the_server_has_all_of_it(visit: Visit, served: Published) -> None:
    visit.go(ANIME)
    press(visit, "Track")
    press(visit, "+ Episode 1")
    more_than_is_taken_at_once = """() => {
        const list = JSON.parse(localStorage.getItem('list')), at = '2026-11-01T00:00:00Z'
        for (let n = 0; n < 60; n++) list[crypto.randomUUID()] = {status: 'watching', progress: 5000, at}
        localStorage.setItem('list', JSON.stringify(list)) }"""
    visit.page.evaluate(more_than_is_taken_at_once)
    enter(visit, served)
    visit.page.route("**/guest-list", lambda route: route.abort())
    visit.go(ANIME)
    wait_until(visit, lambda: waiting(visit) == 2)
    assert visit.page.evaluate("Object.keys(JSON.parse(localStorage.getItem('list'))).length") == 61
    visit.page.unroute("**/guest-list")
    visit.go(ANIME)
    wait_until_saved(visit)
    assert visit.page.evaluate("localStorage.getItem('list')") is None
    entry = told(visit)
    assert (entry["status"], entry["progress"]) == ("watching", 1)
    assert [wrong for wrong in visit.wrong if "guest-list" not in wrong and "ERR_FAILED" not in wrong] == []


@pytest.mark.long
def test_a_cookie_that_is_no_longer_worth_anything_breaks_nothing(visit: Visit) -> None:
    visit.page.context.add_cookies([{"name": "signed", "value": "1", "url": visit.address}])
    visit.go(ANIME)
    assert visit.page.get_by_role("link", name="Track").is_visible()


@pytest.mark.long
def test_the_library_is_used_in_place_and_by_the_keyboard(member: Visit) -> None:
    for path in (ANIME, "/anime/now-airing"):
        member.go(path)
        press(member, "Track")
        wait_until_saved(member)
    member.go("/library?sort=title")
    shown = member.page.locator("[data-count]")
    member.page.get_by_role("link", name="Space Drifters", exact=True).focus()
    keys = member.page.keyboard
    keys.press("+")
    expect(shown.nth(1)).to_have_text("1 of 26")
    keys.press("+")
    wait_until_saved(member)
    assert told(member)["progress"] == 2
    assert member.path == "/library?sort=title"
    press(member, "Undo")
    expect(shown.nth(1)).to_have_text("1 of 26")
    member.page.get_by_role("link", name="Space Drifters", exact=True).focus()
    keys.press("k")
    keys.press("x")
    expect(member.page.locator(":checked[name=anime]")).to_have_count(1)
    member.page.get_by_label("Status").last.select_option("Paused")
    member.page.get_by_role("button", name="Change 1 ticked").click()
    expect(member.page.locator("[data-told]").first).to_have_text("Paused")
    assert member.wrong == []


@pytest.mark.long
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_of_a_member(look: Look, served: Published, size: Any, scheme: str) -> None:
    member = look(viewport=size, color_scheme=scheme)
    enter(member, served)
    for path in (ANIME, "/anime/now-airing"):
        member.go(path)
        press(member, "Track")
        press(member, "+ Episode 1")
        wait_until_saved(member)
    entry = member.page.get_by_role("link", name="Notes, dates and history").get_attribute("href")
    for path in ("/library", "/library?view=list&status=watching", entry, "/api/v1/docs"):
        member.go(str(path))
        member.page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
        member.page.evaluate(in_page.AXE)
        assert member.page.evaluate(in_page.AXE_RUN, in_page.TAGS)["wrong"] == [], path
        assert member.page.evaluate(in_page.TOO_WIDE) == [], path
        assert member.page.evaluate(in_page.TOO_SMALL) == [], path
    assert member.wrong == []


def press(visit: Visit, name: str) -> None:
    visit.page.get_by_role("button", name=name, exact=True).click()


def expect_button(visit: Visit, name: str) -> None:
    expect(visit.page.get_by_role("button", name=name, exact=True)).to_be_visible()


def asked_api(visit: Visit) -> list[str]:
    return [url for url in visit.asked if "/api/" in url]


def waiting(visit: Visit) -> int:
    """How many acts the server has not acknowledged."""
    return int(visit.page.evaluate("JSON.parse(localStorage.getItem('acts') ?? '[]').length"))


def wait_until_saved(visit: Visit) -> None:
    wait_until(visit, lambda: not waiting(visit))


def wait_until(visit: Visit, true: Callable[[], object]) -> None:
    """Let the page go on until this is so."""
    for _ in range(PATIENCE // 50):
        if true():
            return
        visit.page.wait_for_timeout(50)
    raise AssertionError(visit.page.evaluate("localStorage.getItem('acts')"))


def told(visit: Visit) -> Any:
    """What the server says of the drifters; None where they are not tracked."""
    other = visit.page.context.new_page()
    other.goto(visit.address + ANIME)
    id = other.locator("track-control").get_attribute("anime")
    answer = visit.page.context.request.get(f"{visit.address}/api/v1/me/states?anime={id}").json()
    other.close()
    return answer["states"][0] if answer["states"] else None


def enter(visit: Visit, served: Published) -> None:
    """Have the browser be signed in to an account of its own."""
    with connect(served.settings.database_url) as connection:
        account = make_account(connection, f"member_{os.getpid()}_{next(_numbers)}")
        secret = sessions.begin(connection, account, "Chromium", datetime.now(UTC))
    cookies = {"session": secret, "signed": "1"}
    visit.page.context.add_cookies([{"name": name, "value": cookies[name], "url": visit.address} for name in cookies])


def fill_in(visit: Visit) -> None:
    """Join by the form that is open."""
    handle = f"fan_{os.getpid()}_{next(_numbers)}"
    visit.page.get_by_label("Handle").fill(handle)
    visit.page.get_by_label("E-mail").fill(f"{handle}@example.org")
    visit.page.get_by_label("Password").fill(PASSWORD)
    with visit.page.expect_navigation():
        visit.page.get_by_role("button", name="Join", exact=True).click()


@pytest.fixture
def member(chromium: Browser, served: Published) -> Iterator[Visit]:
    """A visitor who has joined, on a desktop."""
    for visit in visiting(chromium.new_context(viewport=DESKTOP), served):
        enter(visit, served)
        yield visit
