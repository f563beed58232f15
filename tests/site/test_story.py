"""The watch order goes along sequels of sequels, and follows an edit anywhere between them."""

from __future__ import annotations

import re
from itertools import pairwise
from uuid import UUID

import pytest

from tests.factories import edit, make_anime, make_relation
from tests.site.whole import WholeSite


def test_sequels_of_sequels_and_prequels_of_prequels_are_parts_of_the_story(site: WholeSite, four: list[UUID]) -> None:
    site.build()

    assert order(site, "part-2") == ["Part 1", "Part 2", "Part 3", "Part 4"]
    assert order(site, "part-4") == ["Part 1", "Part 2", "Part 3", "Part 4"]


def test_a_circle_of_sequels_has_an_end(site: WholeSite, four: list[UUID]) -> None:
    make_relation(site.connection, four[3], four[0], "sequel")
    site.build()

    assert sorted(order(site, "part-1")) == ["Part 1", "Part 2", "Part 3", "Part 4"]


@pytest.mark.long
def test_an_edit_far_along_the_chain_reaches_the_page(site: WholeSite, four: list[UUID]) -> None:
    site.build()

    fifth = make_anime(site.connection, "part-5", title_romaji="Part 5", season_year=2005)
    make_relation(site.connection, four[3], fifth, "sequel")
    edit(site.connection, four[2], title_romaji="The Third")
    site.build()
    assert order(site, "part-1") == ["Part 1", "Part 2", "The Third", "Part 4", "Part 5"]

    site.connection.execute("DELETE FROM relation WHERE anime_id = %s AND kind = 'sequel'", [four[1]])
    site.build()
    assert order(site, "part-1") == ["Part 1", "Part 2"]

    edit(site.connection, four[1], adult=True)
    site.build()
    assert order(site, "part-1") == []


def order(site: WholeSite, slug: str) -> list[str]:
    """The titles in the watch order of an anime, as its page has them."""
    body = site.live()[f"anime/{slug}"][1].decode()
    story = body.partition('id="story"')[2].partition("</ol>")[0]
    return re.findall(r'class="grow[^>]*>([^<]+)<', story)


@pytest.fixture
def four(site: WholeSite) -> list[UUID]:
    """Four parts of a story, each the sequel of the one before."""
    parts = [
        make_anime(site.connection, f"part-{n}", title_romaji=f"Part {n}", season_year=2000 + n) for n in range(1, 5)
    ]
    for one, next_one in pairwise(parts):
        make_relation(site.connection, one, next_one, "sequel")
        make_relation(site.connection, next_one, one, "prequel")
    return parts
