"""Pages of accounts are for everybody: without scripts, by keyboard, on a telephone, with a reader of screens."""

from __future__ import annotations

import itertools
import json
import os
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from domain import sessions
from ports.database import connect
from tests.browser import in_page
from tests.browser.conftest import DESKTOP, PHONE, Visit, visiting
from tests.domain.fans import make_account
from tests.dynamic.people import PASSWORD
from tests.dynamic.post import link_in, mailed
from tests.site.published import Published

OUT = ("/join", "/sign-in", "/reset")
IN = ("/settings", "/settings/handle", "/settings/email", "/settings/password", "/settings/two-step",
      "/settings/sessions", "/settings/data", "/settings/delete", "/settings/people", "/activity",
      "/@reader_list", "/sign-out")  # fmt: skip
_numbers = itertools.count(1)


@pytest.mark.long
def test_who_forgot_the_password_gets_in_by_mail_without_scripts_on_a_telephone(
    visit_without_scripts: Visit, served: Published
) -> None:
    visit, handle = visit_without_scripts, named()
    visit.go("/join")
    fill(visit, handle=handle, email=f"{handle}@example.org", password=PASSWORD)
    assert visit.path == "/library"
    visit.go("/sign-out")
    visit.page.get_by_role("button", name="Sign out").click()
    visit.go("/sign-in")
    visit.click("Forgotten your password?")
    fill(visit, login=handle)
    letters = [letter for letter in mailed(served.settings) if letter.recipient.startswith(handle)]
    assert len(letters) == 2

    visit.go(link_in(letters[1]))
    fill(visit, password="another good one, longer")
    visit.page.get_by_role("link", name="Go on").click()
    fill(visit, login=handle, password="another good one, longer")

    assert visit.path == "/library"
    visit.go("/settings")
    assert "not confirmed" not in visit.page.locator("#main").inner_text()  # the link has proved the address
    assert visit.page.evaluate(in_page.TOO_WIDE) == []
    assert visit.wrong == []


def test_one_joins_and_corrects_a_mistake_by_keyboard_alone(visit: Visit) -> None:
    handle = named()
    visit.go("/join")
    visit.page.locator("#handle").focus()
    for text in (handle, "", f"{handle}@example.org", "password1"):
        visit.page.keyboard.type(text)
        visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_selector("#password-note.wrong")
    assert visit.page.locator("#password").get_attribute("aria-invalid") == "true"
    assert visit.page.locator("#handle").input_value() == handle

    visit.page.locator("#password").focus()
    visit.page.keyboard.type(PASSWORD)
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url("**/library")


@pytest.mark.long
def test_one_takes_everything_along_and_leaves_without_scripts_on_a_telephone(visit_without_scripts: Visit) -> None:
    visit, handle = visit_without_scripts, named()
    visit.go("/join")
    fill(visit, handle=handle, email=f"{handle}@example.org", password=PASSWORD)
    visit.go("/settings/data")
    with visit.page.expect_download() as coming:
        visit.page.get_by_role("button", name="Download my data").click()
    with zipfile.ZipFile(coming.value.path()) as archive:
        assert json.loads(archive.read("autotrack.json"))["account"]["handle"] == handle

    visit.click("Delete my account")
    visit.page.get_by_label("What you wrote in public").select_option("kept")
    fill(visit, handle="not_mine", current=PASSWORD)
    assert visit.page.locator("#handle").get_attribute("aria-invalid") == "true"
    assert visit.page.get_by_label("What you wrote in public").input_value() == "kept"
    fill(visit, handle=handle, current=PASSWORD)

    assert visit.path.startswith("/erased/")
    assert "is being deleted" in visit.page.locator("#main").inner_text()
    assert handle not in visit.page.content()
    assert visit.page.evaluate(in_page.TOO_WIDE) == []
    visit.go("/settings")
    assert visit.path == "/sign-in?next=/settings"


@pytest.mark.long
@pytest.mark.parametrize("path", [*OUT, *IN])
def test_axe_finds_nothing(member: Visit, visit: Visit, path: str) -> None:
    one = visit if path in OUT else member
    one.go(path)
    one.page.evaluate(in_page.AXE)
    for scheme in ("light", "dark"):
        one.page.emulate_media(color_scheme=scheme)
        for size in (PHONE, DESKTOP):
            one.page.set_viewport_size(size)
            assert one.page.evaluate(in_page.AXE_RUN, in_page.TAGS)["wrong"] == [], (scheme, size["width"])
    one.page.set_viewport_size({"width": 320, "height": 640})
    assert one.page.evaluate(in_page.TOO_WIDE) == []
    assert one.page.evaluate(in_page.TOO_SMALL) == []
    assert one.wrong == []


# --- what a visitor does


def fill(visit: Visit, **typed: str) -> None:
    """Fill in the form of the page, and send it."""
    for name, text in typed.items():
        visit.page.locator(f"#{name}").fill(text)
    visit.page.locator("main form .btn.primary").click()
    visit.page.wait_for_load_state()


def named() -> str:
    """A handle that no other test has."""
    return f"keys_{os.getpid() % 100_000}_{next(_numbers)}"


@pytest.fixture
def member(chromium: Browser, served: Published) -> Iterator[Visit]:
    """Somebody who is signed in."""
    with connect(served.settings.database_url) as connection:
        secret = sessions.begin(connection, make_account(connection, named()), "Chrome on Linux", datetime.now(UTC))
    context = chromium.new_context()
    host = urlsplit(served.settings.site_url).hostname
    assert re.fullmatch(r"[\d.]+", host or "")
    context.add_cookies([
        {"name": name, "value": value, "domain": host or "", "path": "/"}
        for name, value in (("session", secret), ("signed", "1"))
    ])  # fmt: skip
    yield from visiting(context, served)
