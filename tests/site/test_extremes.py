"""The least and the most that a page can hold."""

from __future__ import annotations

import re

from tests.site.everything import LONGEST, REGIONS, WORD
from tests.site.page_checks import Page, faults
from tests.site.published import SITE_NAME, SITE_URL, Published


def test_an_anime_with_nothing_but_a_title_has_a_page_that_says_no_more(everything: Published) -> None:
    page = everything.page("/anime/drifters-unheard-of")
    assert [page.words("h1"), page.words("h2")] == [["Drifters Unheard Of"], ["Facts", "Watch order", "Sources"]]
    shortest = everything.page("/anime/x")
    assert (shortest.words("h1"), shortest.words("dt")) == (["X"], ["Format", "Status"])
    assert shortest.words("h2") == ["Facts", "Sources"]


def test_a_page_of_little_is_kept_from_search_engines_until_it_says_something(everything: Published) -> None:
    assert everything.page("/anime/long-word").noindex
    assert not everything.page("/anime/drifters-of-space").noindex


def test_1168_episodes_stand_on_twelve_pages_and_the_newest_50_on_the_first(everything: Published) -> None:
    page = everything.page("/anime/endless")
    assert numbers(page) == list(range(1168, 1118, -1))
    parts = [href for href in page.hrefs if "/episodes/" in href]
    assert parts == [f"/anime/endless/episodes/{part}" for part in range(1, 13)]
    assert [number for part in parts for number in numbers(everything.page(part))] == list(range(1, 1169))


def test_no_episode_is_lost_where_numbers_begin_at_0_begin_late_or_have_a_gap(everything: Published) -> None:
    for slug, expected in (
        ("from-zero", [*range(61)]),
        ("late", [*range(205, 331)]),
        ("gaps", [*range(1, 31), *range(501, 531)]),
    ):
        parts = [href for href in everything.page(f"/anime/{slug}").hrefs if "/episodes/" in href]
        assert [number for part in parts for number in numbers(everything.page(part))] == expected


def test_every_region_has_its_offers_and_the_site_s_own_comes_first(everything: Published) -> None:
    page = everything.page("/where-to-watch/drifters-of-space")
    headings = [heading for heading in page.words("h2") if heading not in ("By region", "No longer offered")]
    assert len(headings) == len(REGIONS)
    assert (headings[0], headings[-1]) == ("United States", "Region not stated")
    assert headings[1:-1] == sorted(headings[1:-1])


def test_a_closed_service_and_an_ended_offer_are_never_links(everything: Published) -> None:
    page = everything.page("/where-to-watch/just-a-title")
    assert [href for href in page.hrefs if href.startswith("http")] == []
    assert "Closed until 1 January 2020" in page.words("li")
    assert "Streamer until 5 May 2025" in everything.page("/where-to-watch/7-samurai").words("li")


def test_30_relations_and_100_synonyms_are_all_there(everything: Published) -> None:
    related = [href for href in everything.page("/anime/7-samurai").hrefs if "/anime/crowd-" in href]
    assert len(related) == 30
    assert sum(item.startswith("Synonym") for item in everything.page("/anime/long-word").words("li")) == 100


def test_a_season_of_200_and_a_studio_of_900_list_every_title_once(everything: Published) -> None:
    decades = [path for path in everything.pages if path.startswith("/studio/studio-of-nine-hundred/")]
    assert set(decades) < set(everything.page("/studio/studio-of-nine-hundred").hrefs)
    for paths, many in ((["/season/winter-2024"], 200), (decades, 900)):
        listed = [href for path in paths for href in everything.page(path).hrefs if href.startswith("/anime/")]
        assert len(listed) == len(set(listed)) == many


def test_the_longest_title_is_whole_on_its_page_and_short_in_its_head(everything: Published) -> None:
    page = everything.page("/anime/long")
    assert page.words("h1") == [f"The {LONGEST}".strip()]
    assert page.json_ld[-1]["name"] == f"The {LONGEST}".strip()
    assert re.fullmatch(r"The That Time I Was Reborn .*… .*Told Me · Anime Example", page.title)
    assert everything.page("/anime/long-word").words("h1") == [WORD]


def test_every_script_is_kept_as_written_and_runs_in_its_own_direction(everything: Published) -> None:
    page = everything.page("/anime/every-script")
    heading, *_ = page.all("h1")
    assert (heading.text_content(), heading.get("dir")) == ("مغامرات 😀 القط", "auto")
    assert page.json_ld[-1]["alternateName"] == ["Bōken", "冒険😀第１話"]
    assert {item.text_content(): item.get("dir") for item in page.all("li") if item.get("dir")} == {
        "הרפתקה": "auto", "👩‍👩‍👧‍👦": "auto", "การผจญภัย": "auto",
    }  # fmt: skip
    assert "نص من اليمين إلى اليسار. 猫の話。🐈‍⬛" in page.words("p")


def test_namesakes_have_titles_of_their_own(everything: Published) -> None:
    titles = [
        everything.page(f"/anime/{slug}").title.partition(":")[0]
        for slug in ("namesake", "namesake-2011", "namesake-2011-movie")
    ]
    assert titles == ["Namesake (2011)", "Namesake (2011, TV)", "Namesake (2011, Movie, no. 2)"]
    assert everything.page("/anime/7-samurai").title.startswith("7 Samurai (2020):")


def test_the_checks_find_what_is_planted(everything: Published) -> None:
    good = everything.text("/anime/drifters-of-space")
    for was, becomes in (
        ('lang="en"', 'lang=""'), ("<h1 ", "<h1>A</h1>\n<h1 "), ("<title>", "<title>" + "x" * 99),
        ("</main>", "</div>"), ('rel="canonical" href="', 'rel="canonical" href="x'), ("<main", '<main style="x"'),
        ("<main", '<main onclick="x"'), ("</main>", "<p>None</p></main>"), ("</main>", "<p>{{ x }}</p></main>"),
        ("</main>", "<p></p></main>"), (' rel="nofollow noopener"', ' rel="nofollow"'), ('id="facts"', 'id="main"'),
        ("<h2", "<h4"), ("</main>", "<ul></ul></main>"), ("</main>", '<img src="//evil.example/x"></main>'),
        ("</head>", '<link rel="preload" href="https://evil.example"></head>'),
        ("</main>", '<a href="javascript:x">x</a></main>'), ("</head>", "<script>x</script></head>"),
        ("</p>", "</b>"), ('"@context":"https://schema.org",', ""), ('"position":2', '"position":3'),
        ("<p>", '<p class="a" class="b">'), ("</main>", "<p>a < b</p></main>"),
        ("</main>", '<p aria-labelledby="nothing">x</p></main>'), ("</main>", "<b id=x>x</b></main>"),
    ):  # fmt: skip
        assert was in good
        assert faults(Page("/anime/drifters-of-space", good.replace(was, becomes, 1)), SITE_URL, SITE_NAME), becomes


def numbers(page: Page) -> list[int]:
    """The numbers of the first list of episodes."""
    rows = page.all("tbody")[0].findall("tr")
    return [int(row.findtext("th")) for row in rows]
