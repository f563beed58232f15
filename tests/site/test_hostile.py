"""Whatever a text holds, it stays text: in the page, in its structured data, in the sitemap, and at the origin."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree  # type: ignore[import-untyped]

from dynamic.app import create_app
from ports.database import connect
from ports.settings import Settings
from sitegen import seo
from sitegen.build import Builder
from sitegen.page import Document, Site
from sitegen.pages import indexes, notes, well_known
from sitegen.reader import Reader
from tests.site.everything import add_anime, uuid
from tests.site.hostile_catalogue import fill, plain, text
from tests.site.hostile_texts import TEXTS
from tests.site.markup import skeleton
from tests.site.page_checks import Page, faults
from tests.site.published import AS_OF, SITE_NAME, SITE_URL, Published, insert, publish

HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
TITLES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=600)


def test_no_text_adds_an_element_or_an_attribute(sites: Sites) -> None:
    assert addresses(sites.hostile) == addresses(sites.harmless)
    for path, page in sites.hostile.pages.items():
        assert skeleton(page.text) == skeleton(sites.harmless.page(path).text), path


def test_a_parser_finds_the_same_elements(sites: Sites) -> None:
    for path, page in sites.hostile.pages.items():
        assert elements(page) == elements(sites.harmless.page(path)), path


def test_every_page_stays_good(sites: Sites) -> None:
    found = {path: wrong for path, page in sites.hostile.pages.items() if (wrong := serious(page))}
    assert found == {}


def test_a_title_is_read_as_it_was_written(sites: Sites) -> None:
    for number in range(len(TEXTS)):
        page = sites.hostile.page(f"/anime/a-{number}")
        assert heading(page) == text(number, "english")
        crumbs, work = page.json_ld
        assert crumbs["itemListElement"][-1]["name"] == work["name"] == text(number, "english")
        assert work["alternateName"] == [text(number, "romaji"), text(number, "japanese")]
        assert {company["name"] for company in work["productionCompany"]} == {TEXTS[number], TEXTS[number - 1]}


def test_names_of_lists_are_read_as_they_were_written(sites: Sites) -> None:
    for number in range(len(TEXTS)):
        studio, genre = sites.hostile.page(f"/studio/s-{number}"), sites.hostile.page(f"/genre/g-{number}")
        assert heading(studio) == studio.json_ld[-1]["name"] == TEXTS[number]
        assert heading(genre) == f"{TEXTS[number]} anime"
        names = {item["name"] for item in genre.json_ld[-1]["itemListElement"]}
        assert names == {text(number, "english"), text((number + 1) % len(TEXTS), "english")}


def test_the_name_of_the_site_and_its_contact_stay_text() -> None:
    builder = Builder(Site(SITE_URL, SITE_NAME, "US", "mailto:a@b.example"))
    read = Reader(cast(Any, None), [""], AS_OF, builder.site)
    documents = [(kind, kind.load(read, "")) for kind in (notes.privacy_page, well_known.manifest_page)]
    documents.append((indexes.home_page, Document("/", HOME)))
    plain = None
    for name in ("Plain", *TEXTS):
        builder.site = replace(builder.site, name=name)
        builder.environment.globals["site"]["name"] = name
        privacy, manifest, home = [builder.render(kind, found).body.decode() for kind, found in documents if found]
        assert json.loads(manifest)["name"] == name
        website = Page("/", home).json_ld[-1]
        assert website["name"] == name
        plain = plain or (skeleton(privacy), skeleton(home))
        assert (skeleton(privacy), skeleton(home)) == plain, name


def test_every_sitemap_is_xml_with_the_same_addresses(sites: Sites) -> None:
    maps = [path for path in sites.hostile.objects if path.endswith(".xml")]
    for path in maps:
        assert locations(sites.hostile, path) == locations(sites.harmless, path)
    assert len(maps) == 2


def test_the_origin_serves_every_page(sites: Sites) -> None:
    client = create_app(sites.hostile.settings).test_client()
    for path in sites.hostile.pages:
        assert client.get(path).status_code == (404 if path == "/404" else 200), path


@pytest.mark.long
def test_any_title_that_postgresql_keeps_makes_a_page(small: Published) -> None:
    """Forty titles at a time, each its own anime; what is drawn breaks neither its page nor the lists."""
    before = {path: skeleton(page.text) for path, page in small.pages.items() if path.startswith("/anime/")}
    names = st.lists(TITLES.filter(str.strip), min_size=40, max_size=40)

    @settings(max_examples=6, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(names)
    def holds(names: list[str]) -> None:
        with connect(small.settings.database_url) as connection, connection.transaction():
            for number, name in enumerate(names):
                connection.execute("UPDATE anime SET title_english = %s WHERE id = %s", [name, uuid(number + 1)])
        now = publish(small.settings)
        for number, name in enumerate(names):
            page = now.page(f"/anime/b-{number}")
            assert skeleton(page.text) == before[page.path]
            assert heading(page) == page.json_ld[1]["name"] == name
        assert skeleton(now.text("/studio/all")) == skeleton(small.text("/studio/all"))

    holds()


HOME = {
    "head": seo.head("/", "Home", "What there is.", [], json_ld={"@type": "WebSite", "name": "", "url": "/"}),
    "sentence": "All of it.", "day": "", "today": [], "season": ["Fall", "/season/fall-2026"], "cards": [], "best": [],
}  # fmt: skip


@dataclass(frozen=True)
class Sites:
    """The same catalogue twice: once with every text in every place, once with plain words."""

    hostile: Published
    harmless: Published


def addresses(site: Published) -> set[str]:
    """Every address, without the hashes of what is drawn there."""
    return {re.sub(r"\.[0-9a-f]{10}\.", ".", path) for path in site.objects}


def heading(page: Page) -> str:
    found = HEADING.search(page.text)
    assert found is not None
    return html.unescape(found[1])


def elements(page: Page) -> list[tuple[str, list[str]]]:
    return [(str(element.tag), sorted(element.attrib)) for element in page.root.iter()]


def serious(page: Page) -> list[str]:
    """Faults, but for those that a hostile text is allowed: to look like a leak, or like nothing."""
    return [
        fault
        for fault in faults(page, SITE_URL, SITE_NAME)
        if not re.search("leaked$|^[0-9]+ empty|^the (title|desc)", fault)
    ]


def locations(site: Published, path: str) -> list[str | None]:
    root = etree.fromstring(site.objects[path].body)
    return [element.text for element in root.iter("{*}loc")]


@pytest.fixture(scope="module")
def sites(new_site: Callable[[], Settings]) -> Sites:
    built = []
    for say, name in ((text, TEXTS.__getitem__), (plain, lambda number: f"Name {number}")):
        settings = new_site()
        with connect(settings.database_url) as connection, connection.transaction():
            fill(connection, say, name)
        built.append(publish(settings))
    return Sites(*built)


@pytest.fixture
def small(new_site: Callable[[], Settings]) -> Iterator[Published]:
    """Forty anime of one studio."""
    settings = new_site()
    with connect(settings.database_url) as connection:
        insert(connection, "studio", id=1, slug="all", name="All", identity="all")
        for number in range(40):
            anime = add_anime(connection, number + 1, f"b-{number}", title_english="Plain")
            insert(connection, "anime_studio", anime_id=anime, studio_id=1, credited_as="x")
    built = publish(settings)
    assert built.pages  # parsed before the bucket changes
    yield built
