"""Every page of a site with every kind of row is good, is reached by links, and leads nowhere that is not there."""

from __future__ import annotations

from tests.site.published import Published
from tests.site.site_checks import broken_addresses, clicks_from_home, faulty_pages, said_twice, unreachable

CLICKS = 5


def test_every_page_is_good(everything: Published) -> None:
    assert faulty_pages(everything) == {}


def test_no_address_that_a_page_names_is_broken(everything: Published) -> None:
    assert broken_addresses(everything) == set()


def test_every_redirect_leads_to_a_page(everything: Published) -> None:
    moved = {path: stored.head.location for path, stored in everything.of(301).items()}
    assert moved == {
        "/anime/space-drifters": "/anime/drifters-of-space",
        "/where-to-watch/space-drifters": "/where-to-watch/drifters-of-space",
        "/anime/nothing-but-a-title": "/anime/just-a-title",
        "/where-to-watch/nothing-but-a-title": "/where-to-watch/just-a-title",
        "/anime/long-title": "/anime/long",
        "/where-to-watch/long-title": "/anime/long",
        "/studio/bones": "/studio/bones-inc",
        "/genre/theme-3": "/genre/space-opera",
    }
    assert {everything.objects[location].head.status for location in moved.values() if location} == {200}
    for path, location in moved.items():
        assert f'<a href="{location}">' in everything.text(path)


def test_what_is_gone_says_so_and_leads_on(everything: Published) -> None:
    gone = everything.of(410)
    assert set(gone) == {
        f"/{room}/{slug}" for room in ("anime", "where-to-watch") for slug in ("was-here", "adults-only")
    }
    assert all(b'<a href="/browse">' in stored.body for stored in gone.values())


def test_every_page_is_a_few_clicks_from_home(everything: Published) -> None:
    assert unreachable(everything) == set()
    assert max(clicks_from_home(everything).values()) <= CLICKS


def test_no_two_pages_have_one_title_or_description(everything: Published) -> None:
    assert said_twice(everything) == {}


def test_noindex_stands_on_the_pages_that_the_manifest_keeps_from_search_engines(everything: Published) -> None:
    assert {path for path, page in everything.pages.items() if not page.noindex} == everything.indexable()


def test_nothing_for_adults_is_shown_anywhere(everything: Published) -> None:
    assert [path for path, page in everything.pages.items() if "adults" in page.text.lower()] == []
    assert "/studio/gone-studio" not in everything.objects


def test_a_page_says_nothing_of_what_it_does_not_know(everything: Published) -> None:
    page = everything.page("/anime/x")
    assert page.words("dt") == ["Format", "Status"]
    assert page.words("h2") == ["Facts", "Sources"]
