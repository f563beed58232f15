"""What pages say in words, where facts are few, old or say the same twice."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sitegen.pages.genre import sentence_of
from sitegen.pages.where_to_watch import sentence
from sitegen.parts import airing, watching
from sitegen.parts.titles import titles

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


def test_what_differs_in_capitals_only_is_said_once() -> None:
    said = titles(anime(title_english="One Piece", title_romaji="ONE PIECE", title_japanese="ONE PIECE"))
    assert (said["main"], said["romaji"], said["japanese"]) == ("One Piece", "", "")
    said = titles(anime(title_english="Child", title_romaji="PLUTO", title_japanese="Pluto", synonyms=["pluto", "Pl"]))
    assert (said["romaji"], said["japanese"], said["synonyms"]) == ("", "Pluto", ["Pl"])


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
