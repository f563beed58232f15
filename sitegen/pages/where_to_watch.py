"""/where-to-watch/:anime-slug — who offers an anime, by region; exists where there is or was an offer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import psycopg

from domain import paths
from sitegen import labels, seo
from sitegen.page import Document, PageType
from sitegen.pages.anime import next_turn, note_of, title_of, titles
from sitegen.reader import Reader
from sitegen.reads.batch import Row
from sitegen.regions import region_name


def load(read: Reader, id: str) -> Document | None:
    anime = read.anime(id)
    offers = read.offers_of(id)
    if anime is None or not offers:
        return None
    live = [offer for offer in offers if offer["live"]]
    indexable = any(offer["last_checked"] for offer in live)
    path, title = paths.where_to_watch(anime["slug"]), title_of(anime)
    regions = _regions(live, read.site.region)
    sentence = _sentence(title, live, read.site.region)
    content = {
        "head": _head(anime, live, read.site.region, indexable),
        "titles": titles(anime),
        "anime": paths.anime(anime["slug"]),
        "sentence": sentence,
        "regions": [[code, region_name(code), rows] for code, rows in regions],
        "ended": [[offer["platform"], labels.day(offer["ended_on"])] for offer in _ended(offers)],
    }
    ends = [offer["ended_on"] for offer in live if offer["ended_on"]]
    return Document(path, content, next_turn(ends, read.as_of), indexable)


def _head(anime: Row, live: list[Row], region: str, indexable: bool) -> dict[str, Any]:
    path, title, note = paths.where_to_watch(anime["slug"]), title_of(anime), note_of(anime)
    lead = "Where to watch "
    return seo.head(
        path,
        lead + seo.squeeze(title, seo.TITLE - len(lead) - len(note)) + note,
        _sentence(seo.squeeze(title, 80) + note, live, region),
        [("Where to watch", paths.where_to_watch_index()), (title, path)],
        indexable=indexable,
    )


def _regions(live: list[Row], first: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """Offers by region: the reader's likely one first, then by name; those that name no region last."""
    by_region: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for offer in live:
        by_region[offer["region"]].append(
            {
                "platform": offer["platform"],
                "kind": labels.OFFER_KINDS[offer["kind"]],
                "label": offer["label"] or "",
                "url": offer["url"],
                "checked": labels.day(offer["last_checked"], offer["checked_precision"]),
            }
        )
    return sorted(by_region.items(), key=lambda item: (item[0] != first, item[0] == "", region_name(item[0])))


def _ended(offers: list[Row]) -> list[Row]:
    """One line per platform that offered it once and does not any more."""
    live = {offer["platform"] for offer in offers if offer["live"]}
    return list({offer["platform"]: offer for offer in offers if offer["platform"] not in live}.values())


def _sentence(title: str, live: list[Row], region: str) -> str:
    if not live:
        return f"We know of no service that offers {title} now."
    here = _names(offer for offer in live if offer["region"] == region)
    others = _names(offer for offer in live if offer["platform"] not in here)
    elsewhere = labels.listing(others[:3]) + (f" and {len(others) - 3} more" if len(others) > 3 else "")
    place = labels.inside(region_name(region))
    if not here:
        return f"{title} can be watched on {elsewhere}; no offer in {place} is known."
    also = f"; elsewhere also on {elsewhere}" if others else ""
    return f"In {place}, {title} can be watched on {labels.listing(here)}{also}."


def _names(offers: Iterable[Row]) -> list[str]:
    return list(dict.fromkeys(offer["platform"] for offer in offers))


def every(connection: psycopg.Connection) -> Iterable[str]:
    rows = connection.execute(
        "SELECT DISTINCT o.anime_id::text FROM offer o JOIN anime a ON a.id = o.anime_id WHERE NOT a.adult"
    )
    return [id for (id,) in rows]


page = PageType("watch", load, every, "site/where_to_watch.html", named_by=("anime:{}.offers",), batch=1000)
