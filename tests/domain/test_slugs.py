"""Slugs are readable, unique, at most 80 characters, and the same every time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.slugs import LONGEST, free_slug, slug_of


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Cowboy Bebop", "cowboy-bebop"),
        ("Hell's Paradise", "hells-paradise"),
        ("Hell’s Paradise", "hells-paradise"),
        (
            "Fate/stay night: Unlimited Blade Works",
            "fate-stay-night-unlimited-blade-works",
        ),
        (
            "Re:ZERO -Starting Life in Another World-",
            "re-zero-starting-life-in-another-world",
        ),
        ("Pokémon", "pokemon"),
        ("K-On!!", "k-on"),
        ("86", "86"),
        ("Ⅱ", "ii"),
        ("&amp; &lt;script&gt;", "amp-lt-script-gt"),
        ("★☆", ""),
        ("", ""),
        ("\u202e", ""),
    ],
)
def test_a_name_becomes_a_readable_slug(name: str, slug: str) -> None:
    assert slug_of(name) == slug


def test_a_long_name_is_cut_at_a_word() -> None:
    assert slug_of("word " * 100) == "-".join(["word"] * 16)
    assert slug_of("x" * 500) == "x" * LONGEST


def test_namesakes_are_told_apart_by_year_then_format_then_number() -> None:
    taken: set[str] = set()
    slugs = []
    for _ in range(4):
        slugs.append(free_slug(["Black Cat"], ["2005", "tv"], "anime-1", taken))
        taken.add(slugs[-1])
    assert slugs == [
        "black-cat",
        "black-cat-2005",
        "black-cat-2005-tv",
        "black-cat-2005-tv-2",
    ]


def test_a_name_that_ends_in_its_year_is_not_given_the_year_again() -> None:
    assert free_slug(["Fruits Basket 2019"], ["2019", "tv"], "x", {"fruits-basket-2019"}) == "fruits-basket-2019-tv"


def test_the_next_name_is_taken_where_the_first_has_no_letter() -> None:
    assert free_slug(["★", "Hoshi"], [], "anime-1", set()) == "hoshi"
    assert free_slug(["★", "☆"], [], "anime-1", set()) == "anime-1"


@given(st.text(), st.sets(st.sampled_from(["a", "a-2005", "b", "anime-1"])))
def test_any_name_gets_a_free_slug_that_is_safe_in_an_address(name: str, taken: set[str]) -> None:
    slug = free_slug([name, name.upper()], ["2005"], "anime-1", taken)
    assert slug not in taken
    assert 0 < len(slug) <= LONGEST
    assert slug.strip("-") == slug
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
