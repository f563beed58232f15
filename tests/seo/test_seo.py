"""The site with a row of every kind keeps every rule; what the table says of it is what the rules found."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from ports.database import connect
from tests.seo.rules import PAGE_RULES
from tests.seo.schema import types
from tests.seo.site_rules import SITE_RULES
from tests.seo.survey import Survey, survey
from tests.seo.table import Judgement, distances, judgements, lengths, table
from tests.site.everything import fill
from tests.site.published import new_sites, publish

RULES = [rule.__name__ for rule in (*PAGE_RULES, *SITE_RULES)]


@pytest.mark.parametrize("rule", RULES)
def test_every_page_keeps_the_rule(judged: dict[str, Judgement], rule: str) -> None:
    assert judged[rule].breaches[:5] == []


def test_every_kind_of_page_is_judged(everything: Survey) -> None:
    kinds = {page.kind for page in everything.pages.values()}
    assert {"anime", "watch", "episodes", "studio", "season", "genre", "genre_year", "home", "not_found"} <= kinds
    assert kinds.isdisjoint({"redirect", "redirect_watch", "robots", "sitemap"})


def test_what_is_thin_is_known(everything: Survey) -> None:
    assert {"/anime/x", "/anime/long"} & everything.thin["anime"] == {"/anime/long"}
    assert {"/studio/8bit", "/studio/studio-of-one", "/studio/studio-of-nine-hundred"} & everything.thin["lists"] == {
        "/studio/studio-of-one"
    }
    offered = {"/where-to-watch/drifters-of-space", "/where-to-watch/7-samurai"}
    assert offered & everything.thin["offers"] == {"/where-to-watch/7-samurai"}


def test_the_table_names_the_rule_its_demand_and_the_first_offenders() -> None:
    breaches = [(f"/page/{number}", "wrong") for number in range(1234)]
    said = table(
        [Judgement("open_graph", "all of it", 5678, breaches), Judgement("ids", "unique", 5678, [])]
    ).splitlines()
    assert [line.split() for line in said[1:5]] == [
        ["open", "graph", "5,678", "1,234", "all", "of", "it"],
        *([f"/page/{number}:", "wrong"] for number in range(3)),
    ]
    assert said[5].split() == ["ids", "5,678", "–", "unique"]


def test_the_way_from_home_is_told(everything: Survey) -> None:
    assert distances(everything).startswith("Clicks from home: 1 at 0, ")


def test_how_much_pages_say_is_told(everything: Survey) -> None:
    assert re.fullmatch(
        r"Words on pages that may be found: \d+ at least \(/.*\), \d+ at the middle\.", lengths(everything)
    )


def test_there_is_a_schema_for_each_type_that_pages_may_be_marked_with() -> None:
    assert types() == [
        "BreadcrumbList", "CollectionPage", "ItemList", "Movie", "Organization", "TVEpisode", "TVSeries", "WebSite",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def everything(server: str) -> Iterator[Survey]:
    for make in new_sites(server):
        settings = make()
        with connect(settings.database_url) as connection:
            fill(connection)
        yield survey(publish(settings))


@pytest.fixture(scope="module")
def judged(everything: Survey) -> dict[str, Judgement]:
    return {one.rule: one for one in judgements(everything)}
