"""How an anime is named: on its pages, and told apart from namesakes among search results."""

from __future__ import annotations

from typing import Any

from domain.slugs import slug_of
from sitegen import labels
from sitegen.languages import language_of, native_language, romanised_language
from sitegen.reads.batch import Row


def title_of(anime: Row) -> str:
    """The title that the site shows: English where there is one."""
    title: str = anime["title_english"] or anime["title_romaji"]
    return title


def titles(anime: Row) -> dict[str, Any]:
    """The titles in their scripts, each with its language."""
    main, romaji, japanese = title_of(anime), anime["title_romaji"], anime["title_japanese"] or ""
    return {
        "main": main,
        "lang": "en" if anime["title_english"] else romanised_language(romaji),
        "romaji": "" if same(romaji, main) or same(romaji, japanese) else romaji,
        "native": "" if same(japanese, main) else japanese,
        "native_lang": native_language(japanese),
    }


def synonyms(anime: Row) -> list[list[str]]:
    """[name, language] of every other name under which the anime is known."""
    said = (title_of(anime), anime["title_romaji"], anime["title_japanese"] or "")
    known = {name.casefold() for name in said}
    return [[name, language_of(name)] for name in anime["synonyms"] if name.casefold() not in known]


def same(one: str, other: str) -> bool:
    """Whether two titles say the same but for capitals: `ONE PIECE` needs no place beside `One Piece`."""
    return one.casefold() == other.casefold()


def note_of(anime: Row) -> str:
    """What tells namesakes apart among search results: ` (2011)`, or ` (2011, TV)` where the address needed it."""
    year, slug = anime["season_year"], anime["slug"]
    words = [str(year)] if year else []
    ending = slug.rpartition("-")[2]
    if (ending.isdecimal() or ending in labels.FORMATS) and slug not in _own_slugs(anime):
        words.append(labels.FORMATS[anime["format"]])
        if ending.isdecimal() and ending != str(year):
            words.append(f"no. {int(ending) + 1}")
        elif slug.endswith(f"-{year}-{ending}"):
            words.append("no. 2")
    return f" ({', '.join(words)})" if words else ""


def _own_slugs(anime: Row) -> list[str]:
    return [slug_of(name) for name in (anime["title_english"], anime["title_romaji"]) if name]
