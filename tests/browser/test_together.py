"""The whole way of a review: followed, written, approved, on the page, reported, hidden, gone."""

from __future__ import annotations

import itertools
import os
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from domain import sessions, staff
from domain.reviews import moderation
from ports.database import connect
from tests.browser import in_page
from tests.browser.conftest import PHONE, Look, Visit
from tests.domain.fans import make_member
from tests.site.published import Published, publish

pytestmark = pytest.mark.long
ANIME = "/anime/7-samurai"
_numbers = itertools.count(1)


def test_follow_review_see_it_on_the_page_report_hide_gone(served: Published, look: Look) -> None:
    writer, reader = look(java_script_enabled=False, viewport=PHONE), look(java_script_enabled=False)
    author, fan = enter(writer, served), enter(reader, served)

    writer.go(ANIME)
    writer.click("Write a review", "main")
    writer.page.get_by_label("What you make of it").fill("Rice, **swords** & rain.\n\n<b>Nothing else.</b>")
    writer.page.get_by_role("button", name="Publish").click()
    expect(writer.page.locator("#main")).to_contain_text("waits to be looked at")
    assert author not in main(published(served, look()))

    decide(served, author, "approve")
    visitor = published(served, look())
    assert f"@{author}" in main(visitor)
    assert visitor.page.locator("#main strong").inner_text() == "swords"
    assert "<b>Nothing else.</b>" in main(visitor)

    reader.go(ANIME)
    reader.click(f"@{author}", "main")
    reader.page.get_by_role("button", name="Follow").click()
    expect(reader.page.get_by_role("button", name="Unfollow")).to_be_visible()
    reader.go("/activity")
    assert f"{author} reviewed" in main(reader)
    reader.click("Review", "main")
    reader.page.get_by_text("Report this review").click()
    reader.page.get_by_label("What is wrong").select_option("abuse")
    reader.page.get_by_role("button", name="Report").click()
    expect(reader.page.locator("#main")).to_contain_text("Our staff will look at it")

    decide(served, author, "hide")
    assert author not in main(published(served, look()))
    reader.go("/activity")
    assert author not in main(reader)
    writer.go("/settings/people")
    assert fan in main(writer)
    assert [one for visit in (writer, reader, visitor) for one in visit.wrong] == []
    assert writer.page.evaluate(in_page.TOO_WIDE) == []


def main(visit: Visit) -> str:
    return visit.page.locator("#main").inner_text()


def published(served: Published, newcomer: Visit) -> Visit:
    """The page before somebody whose browser keeps no older one, once all that is due is built."""
    publish(served.settings, at=datetime.now(UTC))
    newcomer.go(ANIME)
    return newcomer


def decide(served: Published, author: str, verb: str) -> None:
    """As staff do at the command line."""
    with connect(served.settings.database_url) as connection:
        row = connection.execute(
            "SELECT r.id FROM review r JOIN account a ON a.id = r.user_id WHERE a.handle = %s", [author]
        ).fetchone()
        assert row
        moderation.decide(connection, row[0], verb, staff.Actor(), datetime.now(UTC))


def enter(visit: Visit, served: Published) -> str:
    """Have the browser be signed in to an account of its own; returns its handle."""
    handle = f"kin_{os.getpid() % 100_000}_{next(_numbers)}"
    with connect(served.settings.database_url) as connection:
        account = make_member(connection, handle)
        secret = sessions.begin(connection, account, "Chromium", datetime.now(UTC))
    visit.page.context.add_cookies([{"name": "session", "value": secret, "url": visit.address}])
    return handle
