"""The parser that counts is a browser's: no text of the catalogue becomes an element or runs there."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Visit, serve, visiting
from tests.site.everything import add_anime, uuid
from tests.site.hostile_texts import TEXTS
from tests.site.published import Published, insert, new_sites

pytestmark = pytest.mark.long
FETCHED = "async paths => Promise.all(paths.map(async path => (await fetch(path)).text()))"
WRITTEN = """pages => pages.map(text => {
    const parsed = new DOMParser().parseFromString(text, 'text/html');
    const outline = [...parsed.querySelectorAll('*')].map(e => e.tagName + [...e.attributes].map(a => ' ' + a.name));
    return [outline.join('\\n'), parsed.querySelector('h1').textContent]; })"""
"""What a browser makes of pages: names of elements and attributes, and the heading."""
VISITED = 12
STUDIO = "</script><script>alert(1)</script>"


def test_no_text_becomes_an_element_in_a_browser(visit: Visit) -> None:
    visit.go("/anime/t-0")
    fetched = visit.page.evaluate(FETCHED, [f"/anime/t-{number}" for number in range(len(TEXTS) + 1)])
    blank = visit.page.context.new_page()  # pages of ours may not make markup out of text
    (expected, _), *found = blank.evaluate(WRITTEN, fetched)
    for text, (outline, heading) in zip(TEXTS, found, strict=True):
        assert outline == expected, text
        assert heading == text
    assert visit.wrong == []


def test_no_text_runs_in_a_browser(visit: Visit) -> None:
    for number in range(1, VISITED + 1):
        visit.go(f"/anime/t-{number}")
        assert visit.page.locator("h1").text_content() == TEXTS[number - 1]
    visit.go("/studio/all/undated")
    assert visit.page.locator("main .covers a").count() == len(TEXTS) + 1
    assert visit.page.locator("h1").text_content() == f"{STUDIO}, undated"
    assert visit.wrong == []


def fill(connection: psycopg.Connection) -> None:
    """One anime for every text, and before them one with plain words."""
    insert(connection, "studio", id=1, slug="all", name=STUDIO, identity="all")
    for number, text in enumerate(("Plain words", *TEXTS)):
        add_anime(
            connection, number + 1, f"t-{number}", title_english=text, synonyms=[f"{text} too"],
            synopsis=f"{text} {text}", synopsis_source=text, source_material=text,
        )  # fmt: skip
        insert(connection, "anime_studio", anime_id=uuid(number + 1), studio_id=1, credited_as="x")
    connection.execute("UPDATE anime SET title_romaji = 'Romaji'")


@pytest.fixture(scope="module")
def hostile(server: str) -> Iterator[Published]:
    for make in new_sites(server):
        yield from serve(make(), fill)


@pytest.fixture
def visit(chromium: Browser, hostile: Published) -> Iterator[Visit]:
    yield from visiting(chromium.new_context(), hostile)
