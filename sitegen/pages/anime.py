"""/anime/:slug — everything we know of one anime, answer first."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from domain import paths
from sitegen import labels, seo
from sitegen.images import palettes
from sitegen.page import Document, PageType
from sitegen.parts import airing, reviews, shares, tracking, watching, works
from sitegen.parts.covers import cover_of
from sitegen.parts.story import story
from sitegen.parts.titles import note_of, synonyms, title_of, titles
from sitegen.reader import Reader
from sitegen.reads.anime import NEWEST
from sitegen.reads.batch import Row
from sitegen.subjects import every_anime


def load(read: Reader, id: str) -> Document | None:
    anime = read.anime(id)
    if anime is None:
        return None
    studios, genres, offers = read.studios_of(id), read.genres_of(id), read.offers_of(id)
    rows, special_rows = read.newest_episodes(id), read.specials_of(id)
    lede = _lede(anime, studios)
    newest, live = airing.lines(rows, read.as_of), [offer for offer in offers if offer["live"]]
    indexable = bool(anime["synopsis"] or rows or special_rows or live or studios)
    reception, written = read.reception_of(id), read.reviews_of(id)
    more = _more_episodes(read, id, anime["slug"]) if len(newest) == NEWEST else []
    content = {
        "head": _head(anime, studios, genres, newest, lede, indexable, reviews.rating(*reception[:2])),
        "titles": titles(anime),
        "synonyms": synonyms(anime),
        "cover": cover_of(anime),
        "hue": palettes.hue(id),
        "lede": lede,
        "now": airing.panel(anime, newest, read.as_of),
        "track": tracking.control(anime, paths.anime(anime["slug"])),
        "watch": watching.panel(offers, live, anime["slug"], read.site.region),
        "synopsis": anime["synopsis"].split("\n\n") if anime["synopsis"] else [],
        "synopsis_source": anime["synopsis_source"] or "",
        "episodes": newest[::-1] if more else newest,
        "more_episodes": more,
        "specials": airing.lines(special_rows, read.as_of),
        "facts": _facts(anime, studios, genres),
        "story": story(read, anime),
        "similar": [[card, reason(*why)] for card, *why in read.similar_to(id)],
        "reception": reviews.panel(*reception),
        "reviews": reviews.lines(written),
        "review": {"many": written[0]["many"] if len(written) else 0, "write": paths.own_review(id)},
        "sources": _sources(anime, live),
        "elsewhere": _elsewhere(anime["external_ids"]),
    }
    days = airing.days_of(rows + special_rows)
    days += [offer["ended_on"] for offer in live if offer["ended_on"]]
    days += [anime["start_date"]] if anime["start_date"] else []
    return Document(paths.anime(anime["slug"]), content, airing.next_turn(days, read.as_of), indexable)


@lru_cache(maxsize=65536)
def reason(genres: tuple[str, ...], studio: bool, season: bool) -> str:
    """Why a title is similar: `Same studio, shares Drama and Space`."""
    parts = ["same studio"] if studio else []
    parts += ["same season"] if season else []
    parts += [f"shares {labels.listing(list(genres))}"] if genres else []
    return labels.sentence_case(", ".join(parts))


def _kind(anime: Row) -> str:
    return f"{labels.FORMATS[anime['format']]} anime" if anime["format"] != "unknown" else "Anime"


def _lede(anime: Row, studios: Sequence[Any]) -> str:
    """`TV anime by Madhouse, Fall 2023: 28 episodes of 24 min.`, as far as it is known."""
    by = f" by {labels.listing([name for name, _ in studios])}" if studios else ""
    season = f"{anime['season']}-{anime['season_year']}"
    when = labels.season(season) if anime["season"] else str(anime["season_year"] or "")
    count, length = anime["episode_count"], labels.duration(anime["episode_seconds"])
    many = labels.count(count, "episode") if count and anime["format"] != "movie" else ""
    each = f"episodes of {length}" if length and anime["format"] != "movie" else length
    size = f"{many} of {length}" if many and length else many or each
    return f"{_kind(anime)}{by}{f', {when}' if when else ''}{f': {size}' if size else ''}."


def _facts(anime: Row, studios: Sequence[Any], genres: Sequence[Any]) -> list[list[Any]]:
    """[name, [[value, path or nothing]]] of everything that is known."""
    season = f"{anime['season']}-{anime['season_year']}" if anime["season"] else ""
    plain = {
        "Format": labels.FORMATS[anime["format"]],
        "Status": labels.STATUSES[anime["status"]],
        "Episodes": f"{anime['episode_count']:,}" if anime["episode_count"] else "",
        "Length": labels.duration(anime["episode_seconds"]),
        "Started": labels.day(anime["start_date"], anime["start_precision"]),
        "Ended": labels.day(anime["end_date"], anime["end_precision"]),
        "Broadcast": labels.slot(anime["broadcast_weekday"], anime["broadcast_time"]),
        "Source": labels.sentence_case(anime["source_material"] or ""),
    }
    links = {
        "Season": [[labels.season(season), paths.season(season)]] if season else [],
        "Studio": [[name, paths.studio(slug)] for name, slug in studios],
    }
    for wanted, label in labels.GENRE_KINDS.items():
        links[label] = [[name, paths.genre(slug)] for kind, name, slug in genres if kind == wanted]
    facts = [[name, [[text, ""]]] for name, text in plain.items() if text]
    return facts + [[name, values] for name, values in links.items() if values]


def _more_episodes(read: Reader, id: str, slug: str) -> list[list[Any]]:
    """Links to the pages of a hundred, where the newest 50 are not all."""
    pages, last, many = read.episode_span(id)
    if many <= NEWEST:
        return []
    return [[f"{(page - 1) * 100 + 1}–{min(page * 100, last)}", paths.episodes(slug, page)] for page in pages]


def _sources(anime: Row, live: Sequence[Row]) -> str:
    """Where the facts of this page come from, and of which date those are that grow old."""
    told = ["Titles, season and episodes: the catalogue’s feeds."]
    if anime["synopsis"]:
        told.append(f"Synopsis: {anime['synopsis_source']}.")
    return " ".join([*told, *filter(None, [watching.checked(live)])])


def _elsewhere(external_ids: dict[str, list[str]]) -> list[list[str]]:
    return [
        [name, address.format(external_ids[provider][0])]
        for provider, (name, address) in labels.PROVIDERS.items()
        if external_ids.get(provider)
    ]


def _head(
    anime: Row, studios: Sequence[Any], genres: Sequence[Any], newest: Sequence[Row], lede: str, indexable: bool,
    rating: dict[str, Any],
) -> dict[str, Any]:  # fmt: skip
    path, title, note = paths.anime(anime["slug"]), title_of(anime), note_of(anime)
    tail = f"{lede} Episodes, where to watch it, in which order, and what is similar."
    image = shares.path_of_anime(anime, studios)
    data = works.work(anime, studios, genres, image) | rating
    if data["@type"] == "TVSeries" and newest:
        data["episode"] = [works.episode(line) for line in newest]
    return seo.head(
        path,
        seo.title(title, note, ": episodes, where to watch"),
        f"{seo.squeeze(title, 80)}{note}: {_said(anime['synopsis'] or '', tail)}",
        [("Browse", paths.browse()), (title, path)],
        indexable=indexable,
        json_ld=data,
        image=(image, f"{title}: {lede}"),
        og_type="video.movie" if anime["format"] == "movie" else "video.tv_show",
    )


def _said(synopsis: str, tail: str) -> str:
    """What a search result says: the synopsis, and where it is short, what else there is."""
    return synopsis if len(synopsis) > seo.DESCRIPTION // 2 else f"{synopsis} {tail}".strip()


page = PageType("anime", load, every_anime, "site/anime.html", named_by=("anime:{}",), batch=1000)
