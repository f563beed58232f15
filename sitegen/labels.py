"""Words that a reader sees for the values that the database keeps."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

FORMATS = {"tv": "TV", "movie": "Movie", "ova": "OVA", "ona": "ONA", "special": "Special", "unknown": "Other"}
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


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 episode`, `2 episodes`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listing(words: list[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""


def inside(region: str) -> str:
    """A region's name as it stands after "in": `the United States`, `Japan`."""
    return f"the {region}" if region.startswith(WITH_ARTICLE) else region


def sentence_case(text: str) -> str:
    """`light novel` → `Light novel`."""
    return text[:1].upper() + text[1:]


def duration(seconds: int | None) -> str:
    """`24 min`, `1 h 54 min`."""
    if not seconds:
        return ""
    hours, minutes = divmod(max(1, round(seconds / 60)), 60)
    return " ".join(filter(None, (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "")))
