"""/anime/:slug — everything we know of one anime, answer first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import psycopg

from domain import paths
from domain.slugs import slug_of
from sitegen import labels, seo
from sitegen.page import Document, PageType
from sitegen.reader import Reader
from sitegen.reads.anime import NEWEST
from sitegen.reads.batch import Row
from sitegen.regions import region_name


def load(read: Reader, id: str) -> Document | None:
    anime = read.anime(id)
    if anime is None:
        return None
    studios, genres = read.studios_of(id), read.genres_of(id)
    rows, special_rows = read.newest_episodes(id), read.specials_of(id)
    newest = [episode(row, read.as_of) for row in rows]
    specials = [episode(row, read.as_of) for row in special_rows]
    offers = read.offers_of(id)
    live = [offer for offer in offers if offer["live"]]
    indexable = bool(anime["synopsis"] or newest or live or studios)
    content = {
        "head": _head(anime, studios, genres, indexable),
        "titles": titles(anime),
        "facts": _facts(anime, studios),
        "genres": [[labels.GENRE_KINDS[kind], name, paths.genre(slug)] for kind, name, slug in genres],
        "synopsis": (anime["synopsis"] or "").split("\n\n") if anime["synopsis"] else [],
        "synopsis_source": anime["synopsis_source"] or "",
        "coming": upcoming(anime, newest, read.as_of),
        "episodes": newest,
        "more_episodes": _more_episodes(read, id, anime["slug"]) if len(newest) == NEWEST else [],
        "specials": specials,
        "watch": _watch(offers, live, anime["slug"], read.site.region),
        "editions": _editions(read, anime),
        "relations": [[labels.RELATIONS[kind], card] for kind, card in read.relations_of(id)],
        "similar": [[card, reason(*why)] for card, *why in read.similar_to(id)],
        "elsewhere": _elsewhere(anime["external_ids"]),
    }
    days = [row[4] for row in rows + special_rows if row[4]]
    days += [offer["ended_on"] for offer in live if offer["ended_on"]]
    days += [anime["start_date"]] if anime["start_date"] else []
    return Document(paths.anime(anime["slug"]), content, next_turn(days, read.as_of), indexable)


def title_of(anime: Row) -> str:
    """The title that the site shows: English where there is one."""
    title: str = anime["title_english"] or anime["title_romaji"]
    return title


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


def titles(anime: Row) -> dict[str, Any]:
    """The titles in their scripts, and every other name under which the anime is known."""
    main = title_of(anime)
    romaji = anime["title_romaji"] if anime["title_romaji"] != main else ""
    japanese = anime["title_japanese"] or ""
    known = {main, romaji, japanese}
    return {
        "main": main,
        "lang": "en" if anime["title_english"] else "ja-Latn",
        "romaji": romaji,
        "japanese": japanese if japanese != main else "",
        "synonyms": [name for name in anime["synonyms"] if name not in known],
    }


def episode(row: tuple[Any, ...], as_of: date) -> dict[str, Any]:
    """One line of an episode list."""
    number, english, romaji, japanese, day, at, minutes = row
    iso, shown = _written(day)
    return {
        "number": number,
        "title": english or romaji or japanese or "",
        "japanese": japanese if japanese and (english or romaji) else "",
        "day": iso,
        "shown": shown,
        "at": at or "",
        "minutes": minutes,
        "out": not day or day <= as_of,
    }


@lru_cache(maxsize=65536)
def _written(day: date | None) -> tuple[str, str]:
    """A day for machines and for people."""
    return (day.isoformat(), labels.day(day)) if day else ("", "")


def upcoming(anime: Row, lines: list[dict[str, Any]], as_of: date) -> dict[str, Any] | None:
    """The next episode, or the premiere, as far as its day is known."""
    today = as_of.isoformat()
    if coming := [line for line in lines if line["day"] >= today]:
        line = min(coming, key=lambda line: (line["day"], line["number"]))
        return {"what": f"Episode {line['number']}", "shown": line["shown"], "day": line["day"], "at": line["at"]}
    start = anime["start_date"]
    if start and start >= as_of and anime["status"] != "finished":
        shown = labels.day(start, anime["start_precision"])
        return {"what": "Premiere", "shown": shown, "day": _iso(start, anime["start_precision"]), "at": ""}
    return None


def next_turn(days: Iterable[date], as_of: date) -> date | None:
    """When a page with these days on it reads differently: a day begins, or the day that is today is over."""
    coming = [day for day in days if day >= as_of]
    return max(min(coming), as_of + timedelta(days=1)) if coming else None


@lru_cache(maxsize=65536)
def reason(genres: tuple[str, ...], studio: bool, season: bool) -> str:
    """Why a title is similar: `Same studio, shares Drama and Space`."""
    parts = ["same studio"] if studio else []
    parts += ["same season"] if season else []
    parts += [f"shares {labels.listing(list(genres))}"] if genres else []
    return labels.sentence_case(", ".join(parts))


def _facts(anime: Row, studios: list[tuple[Any, ...]]) -> list[list[Any]]:
    season = f"{anime['season']}-{anime['season_year']}" if anime["season"] else ""
    links = {
        "Season": [[labels.season(season), paths.season(season)]] if season else [],
        "Studio": [[name, paths.studio(slug)] for name, slug in studios],
    }
    plain = {
        "Format": labels.FORMATS[anime["format"]],
        "Status": labels.STATUSES[anime["status"]],
        "Episodes": str(anime["episode_count"] or ""),
        "Length": labels.duration(anime["episode_seconds"]),
        "Started": labels.day(anime["start_date"], anime["start_precision"]),
        "Ended": labels.day(anime["end_date"], anime["end_precision"]),
        "Broadcast": _slot(anime),
        "Source": labels.sentence_case(anime["source_material"] or ""),
    }
    facts = [[name, [[text, ""]]] for name, text in plain.items() if text]
    return facts + [[name, values] for name, values in links.items() if values]


def _slot(anime: Row) -> str:
    if not anime["broadcast_weekday"]:
        return ""
    time = f" at {anime['broadcast_time']:%H:%M} JST" if anime["broadcast_time"] else ""
    return f"{labels.WEEKDAYS[anime['broadcast_weekday'] - 1]}s{time}"


def _more_episodes(read: Reader, id: str, slug: str) -> list[list[Any]]:
    """Links to the pages of a hundred, where the newest 50 are not all."""
    pages, last, many = read.episode_span(id)
    if many <= NEWEST:
        return []
    return [[f"{(page - 1) * 100 + 1}–{min(page * 100, last)}", paths.episodes(slug, page)] for page in pages]


def _watch(offers: list[Row], live: list[Row], slug: str, region: str) -> dict[str, Any] | None:
    if not offers:
        return None
    here = sorted({offer["platform"] for offer in live if offer["region"] == region})
    others = sorted({offer["platform"] for offer in live} - set(here))
    return {
        "path": paths.where_to_watch(slug),
        "region": labels.inside(region_name(region)),
        "here": here,
        "others": others,
    }


def _editions(read: Reader, anime: Row) -> list[list[Any]]:
    primary = read.primary_of(anime)
    rows = [[edition_label(edition), card] for edition, card in read.editions_of(anime["id"])]
    return ([["The original", primary]] if primary else []) + rows


def edition_label(edition: dict[str, Any] | None) -> str:
    """`Recap film`, or the label that the catalogue gives."""
    kind = (edition or {}).get("kind", "")
    return (edition or {}).get("label") or labels.EDITIONS.get(kind, "Other version")


def _elsewhere(external_ids: dict[str, list[str]]) -> list[list[str]]:
    return [
        [name, address.format(external_ids[provider][0])]
        for provider, (name, address) in labels.PROVIDERS.items()
        if external_ids.get(provider)
    ]


def _head(anime: Row, studios: list[Any], genres: list[Any], indexable: bool) -> dict[str, Any]:
    path, title = paths.anime(anime["slug"]), title_of(anime)
    note = note_of(anime)
    made = f" by {labels.listing([name for name, _ in studios])}" if studios else ""
    kind = labels.FORMATS[anime["format"]] if anime["format"] != "unknown" else "Anime"
    sentence = anime["synopsis"] or f"{kind}{note}{made}: episodes, where to watch, related and similar anime."
    return seo.head(
        path,
        seo.title(title, note, ": episodes, where to watch"),
        f"{seo.squeeze(title, 80)}{note}: {sentence}",
        [("Browse", paths.browse()), (title, path)],
        indexable=indexable,
        json_ld=_work(anime, studios, genres),
    )


def _work(anime: Row, studios: list[Any], genres: list[Any]) -> dict[str, Any]:
    data: dict[str, Any] = {
        "@type": "Movie" if anime["format"] == "movie" else "TVSeries",
        "name": title_of(anime),
        "url": paths.anime(anime["slug"]),
    }
    others = [anime["title_romaji"], anime["title_japanese"]]
    data["alternateName"] = [name for name in others if name and name != data["name"]]
    data["genre"] = [name for kind, name, _ in genres if kind != "demographic"]
    data["productionCompany"] = [
        {"@type": "Organization", "name": name, "url": paths.studio(slug)} for name, slug in studios
    ]
    data["description"] = seo.clip(anime["synopsis"] or "", 500)
    if anime["start_date"]:
        data["datePublished" if anime["format"] == "movie" else "startDate"] = _iso(
            anime["start_date"], anime["start_precision"]
        )
    if anime["end_date"] and anime["format"] != "movie":
        data["endDate"] = _iso(anime["end_date"], anime["end_precision"])
    if anime["episode_count"] and anime["format"] != "movie":
        data["numberOfEpisodes"] = anime["episode_count"]
    return {name: value for name, value in data.items() if value}


def _iso(day: date, precision: str) -> str:
    return day.isoformat()[: {"year": 4, "month": 7, "day": 10}[precision]]


def every(connection: psycopg.Connection) -> Iterable[str]:
    return [id for (id,) in connection.execute("SELECT id::text FROM anime WHERE NOT adult")]


page = PageType("anime", load, every, "site/anime.html", named_by=("anime:{}",), batch=1000)
