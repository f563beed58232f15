"""What pages say in words, where facts are few, old or say the same twice."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sitegen.pages.genre import sentence_of
from sitegen.pages.where_to_watch import sentence, told_when
from sitegen.parts import airing, watching, works
from sitegen.parts.titles import synonyms, titles

HERE, UNSTATED, JAPAN = "US", "", "JP"


@pytest.mark.parametrize(
    ("regions", "told", "answer"),
    [
        ((HERE,), "In the United States.", "In the United States, Akira can be watched on A."),
        (
            (HERE, UNSTATED, JAPAN),
            "In the United States.",
            "In the United States, Akira can be watched on A; also on B, region not stated; elsewhere also on C.",
        ),
        (
            (UNSTATED, JAPAN),
            "On A, region not stated; elsewhere on B.",
            "Akira can be watched on A, region not stated; elsewhere on B;"
            " no offer that names the United States is known.",
        ),
        (
            (JAPAN,),
            "Not in the United States as far as we know; elsewhere on A.",
            "Akira can be watched on A; no offer in the United States is known.",
        ),
    ],
)
def test_a_service_that_states_no_region_is_not_said_to_be_elsewhere(
    regions: tuple[str, ...], told: str, answer: str
) -> None:
    live = [offer(name, region) for name, region in zip("ABC", regions, strict=False)]
    panel = watching.panel(live, live, "akira", HERE)
    assert panel is not None
    assert (panel["sentence"], sentence("Akira", live, HERE)) == (told, answer)


def test_offers_without_a_date_are_said_to_have_none() -> None:
    dated = {"last_checked": date(2026, 11, 2), "checked_precision": "day"}
    undated = offer("A", HERE) | {"last_checked": None, "checked_precision": None}
    assert told_when([undated]) == "When these offers were last checked is not known."
    assert told_when([undated, undated | dated]) == "Offers checked 2 November 2026."
    assert told_when([]) == ""


def test_what_differs_in_capitals_only_is_said_once() -> None:
    said = titles(anime(title_english="One Piece", title_romaji="ONE PIECE", title_japanese="ONE PIECE"))
    assert (said["main"], said["romaji"], said["native"]) == ("One Piece", "", "")
    said = titles(anime(title_english="Child", title_romaji="PLUTO", title_japanese="Pluto"))
    assert (said["romaji"], said["native"]) == ("", "Pluto")
    known = anime(title_romaji="PLUTO", title_japanese="Pluto", synonyms=["pluto", "Pl"])
    assert synonyms(known) == [["Pl", "und"]]


@pytest.mark.parametrize(
    ("title", "any", "native"),
    [
        ("Frieren", "und", "ja"),
        ("葬送のフリーレン", "ja", "ja"),
        ("銀河英雄伝説", "und-Hani", "ja"),
        ("时光代理人", "zh", "zh"),
        ("신의 탑", "ko", "ko"),
        ("Сейлор Мун", "und-Cyrl", "und-Cyrl"),
        ("ดาบพิฆาตอสูร", "th", "th"),
        ("المحقق كونان", "und-Arab", "und-Arab"),
        ("ŌKAMI ★ 😀", "und", "ja"),
    ],
)
def test_a_title_names_its_language_where_its_script_tells(title: str, any: str, native: str) -> None:
    assert titles(anime(title_japanese=title))["native_lang"] == native
    assert synonyms(anime(synonyms=[title])) == [[title, any]]


def test_a_heading_of_latin_letters_is_english_or_romanised_japanese() -> None:
    assert titles(anime(title_english="Frieren"))["lang"] == "en"
    assert titles(anime(title_romaji="Sōsō no Frieren"))["lang"] == "ja-Latn"
    assert titles(anime(title_romaji="신의 탑"))["lang"] == "ko"


def test_an_episode_that_has_only_a_japanese_name_is_named_so_to_people_and_to_machines() -> None:
    (line,) = airing.lines([(1, None, None, "第一話", None, None, None)], TODAY)
    assert (line["title"], line["japanese"]) == ("", "第一話")
    assert works.episode(line)["name"] == "第一話"


@pytest.mark.parametrize(
    ("count", "state"), [(3, "Airing now, 2 of 3 episodes out"), (2, "Airing now, 2 episodes out")]
)
def test_an_anime_that_airs_is_not_told_to_be_complete(count: int, state: str) -> None:
    lines = airing.lines([(number, None, None, None, date(2026, 1, number), None, None) for number in (1, 2)], TODAY)
    assert airing.panel(anime(status="airing", episode_count=count), lines, TODAY)["state"] == state


def test_the_busiest_year_of_a_genre_is_not_most_of_it() -> None:
    assert sentence_of("Drama", [(2026, 13), (2025, 10), (None, 2)]) == (
        "25 Drama anime, 2025–2026, 13 of them in 2026, the busiest year."
    )


TODAY = date(2026, 11, 22)


def offer(platform: str, region: str) -> dict[str, Any]:
    return {"platform": platform, "region": region, "url": "https://example.com/", "kind": "free"}


def anime(**overrides: Any) -> dict[str, Any]:
    plain = {"title_english": None, "title_romaji": "A", "title_japanese": None, "synonyms": [], "format": "tv"}
    return {**plain, "status": "finished", "episode_count": None, "start_date": None, **overrides}
