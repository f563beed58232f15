"""Words that a reader sees for the values that the database keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from domain import formats

FORMATS = formats.NAMES
STATUSES = {"finished": "Finished", "airing": "Airing now", "upcoming": "Not yet aired", "unknown": "Unknown"}
GENRE_KINDS = {"genre": "Genre", "theme": "Theme", "demographic": "Demographic"}
SEASONS = {"winter": "Winter", "spring": "Spring", "summer": "Summer", "fall": "Fall"}
RELATIONS = {
    "prequel": "Prequel",
    "parent": "Main story",
    "full_story": "Full story",
    "sequel": "Sequel",
    "side_story": "Side story",
    "summary": "Recap",
    "spin_off": "Spin-off",
    "alternative": "Alternative version",
    "adaptation": "Adaptation",
    "character": "Shares characters",
    "other": "Related",
}
EDITIONS = {
    "recap": "Recap",
    "recap_film": "Recap film",
    "compilation": "Compilation",
    "directors_cut": "Director’s cut",
    "film_version": "Film version",
}
OFFER_KINDS = {
    "free": "Free",
    "subscription": "Subscription",
    "rent": "Rent",
    "buy": "Buy",
    "unknown": "Terms not known",
}
PROVIDERS = {
    "mal": ("MyAnimeList", "https://myanimelist.net/anime/{}"),
    "anilist": ("AniList", "https://anilist.co/anime/{}"),
    "kitsu": ("Kitsu", "https://kitsu.app/anime/{}"),
    "anidb": ("AniDB", "https://anidb.net/anime/{}"),
    "ann": ("Anime News Network", "https://www.animenewsnetwork.com/encyclopedia/anime.php?id={}"),
    "livechart": ("LiveChart", "https://www.livechart.me/anime/{}"),
}
WITH_ARTICLE = ("United ", "Netherlands", "Philippines", "Dominican Republic", "Bahamas", "Maldives", "Isle of Man")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def season(name: str) -> str:
    """`fall-2026` → `Fall 2026`."""
    part, _, year = name.partition("-")
    return f"{SEASONS[part]} {year}"


@lru_cache(maxsize=65536)
def day(value: date | None, precision: str | None = "day") -> str:
    """A date as far as it is known: `3 April 1998`, `April 1998`, `1998`."""
    if value is None:
        return ""
    if precision == "year":
        return str(value.year)
    month = f"{MONTHS[value.month - 1]} {value.year}"
    return month if precision == "month" else f"{value.day} {month}"


def iso(value: date | None, precision: str | None) -> str:
    """A date for machines as far as it is known: `1998-04-03`, `1998-04`, `1998`, or nothing."""
    return value.isoformat()[: {"year": 4, "month": 7}.get(precision or "day", 10)] if value else ""


def moment(at: datetime) -> str:
    """A moment in UTC for machines: `2026-11-22T14:00:00Z`."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def edition(edition: dict[str, Any] | None) -> str:
    """`Recap film`, or the label that the catalogue gives."""
    kind = (edition or {}).get("kind", "")
    return (edition or {}).get("label") or EDITIONS.get(kind, "Other version")


@lru_cache(maxsize=65536)
def line(form: str, year: int | None, episodes: int | None, airing: bool) -> str:
    """What a list says of an anime beside its title: `TV · 2026 · 12 ep · airing`."""
    parts = [FORMATS[form], str(year or ""), f"{episodes} ep" if episodes and form != "movie" else ""]
    return " · ".join(filter(None, (*parts, "airing" if airing else "")))


def slot(weekday: int | None, at: time | None) -> str:
    """When it is broadcast: `Fridays at 23:00 JST`."""
    if not weekday:
        return ""
    return f"{WEEKDAYS[weekday - 1]}s" + (f" at {at:%H:%M} JST" if at else "")


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 episode`, `2 episodes`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def by_format(cards: Iterable[dict[str, Any]]) -> str:
    """How many of each format: `40 TV, 3 movies and 2 OVA`."""
    counts = Counter(card["format"] for card in cards)
    found = [(counts[form], name) for form, name in FORMATS.items() if counts[form]]
    return listing([count(many, name, name) if name.isupper() else count(many, name.lower()) for many, name in found])


def starting(season_name: str, cards: Sequence[dict[str, Any]]) -> str:
    """`43 anime start in Fall 2026: 40 TV and 3 movies.`"""
    shown = season(season_name)
    if not cards:
        return f"No anime is known to start in {shown}."
    return f"{count(len(cards), 'anime', 'anime')} start in {shown}: {by_format(cards)}."


def span(years: Iterable[int | None]) -> str:
    """From the first to the last year that is known: `1998–2026`, `2026`, or nothing."""
    known = sorted(year for year in years if year)
    if not known:
        return ""
    return f"{known[0]}–{known[-1]}" if known[0] < known[-1] else str(known[0])


def listing(words: list[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""


def inside(region: str) -> str:
    """A region's name as it stands after "in": `the United States`, `Japan`."""
    return f"the {region}" if region.startswith(WITH_ARTICLE) else region


def sentence_case(text: str) -> str:
    """`light novel` → `Light novel`."""
    return text[:1].upper() + text[1:]


@lru_cache(maxsize=65536)
def duration(seconds: int | None) -> str:
    """`24 min`, `1 h 54 min`."""
    if not seconds:
        return ""
    hours, minutes = divmod(max(1, round(seconds / 60)), 60)
    return " ".join(filter(None, (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "")))
