"""/where-to-watch/:anime-slug — who offers an anime, by region; exists where there is or was an offer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import psycopg

from domain import paths
from sitegen import labels, seo
from sitegen.images import palettes
from sitegen.page import Document, PageType
from sitegen.parts import airing, shares, tracking, watching
from sitegen.parts.covers import cover_of
from sitegen.parts.titles import note_of, title_of, titles
from sitegen.reader import Reader
from sitegen.reads.batch import Row
from sitegen.regions import region_name

UNDATED = "When these offers were last checked is not known."


def load(read: Reader, id: str) -> Document | None:
    anime = read.anime(id)
    offers = read.offers_of(id)
    if anime is None or not offers:
        return None
    live, rows = [offer for offer in offers if offer["live"]], read.newest_episodes(id)
    indexable = any(offer["last_checked"] for offer in live)
    title, image = title_of(anime), shares.path_of_anime(anime, read.studios_of(id))
    path = paths.where_to_watch(anime["slug"])
    content = {
        "head": _head(anime, live, read.site.region, indexable, image),
        "titles": titles(anime),
        "cover": cover_of(anime),
        "hue": palettes.hue(id),
        "anime": paths.anime(anime["slug"]),
        "sentence": sentence(title, live, read.site.region),
        "checked": told_when(live),
        "now": airing.panel(anime, airing.lines(rows, read.as_of), read.as_of),
        "track": tracking.control(anime, path),
        "regions": _regions(live, read.site.region),
        "ended": [[offer["platform"], labels.day(offer["ended_on"])] for offer in _ended(offers)],
    }
    days = airing.days_of(rows) + [offer["ended_on"] for offer in live if offer["ended_on"]]
    days += [anime["start_date"]] if anime["start_date"] else []
    return Document(path, content, airing.next_turn(days, read.as_of), indexable)


def told_when(live: Sequence[Row]) -> str:
    """When these offers were checked, or plainly that nobody knows."""
    return watching.checked(live) or (UNDATED if live else "")


def _head(anime: Row, live: Sequence[Row], region: str, indexable: bool, image: str) -> dict[str, Any]:
    path, title, note = paths.where_to_watch(anime["slug"]), title_of(anime), note_of(anime)
    lead = "Where to watch "
    return seo.head(
        path,
        lead + seo.squeeze(title, seo.TITLE - len(lead) - len(note)) + note,
        f"{sentence(seo.squeeze(title, 80) + note, live, region)} Services by region, with the date of each check.",
        [("Where to watch", paths.where_to_watch_index()), (title, path)],
        indexable=indexable,
        image=(image, f"Where to watch {title}"),
    )


def _regions(live: Sequence[Row], first: str) -> list[list[Any]]:
    """[code, name, offers]: the reader's likely region first, then by name; those that name no region last."""
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
    order = sorted(by_region, key=lambda code: (code != first, code == "", region_name(code)))
    return [[code, region_name(code), by_region[code]] for code in order]


def _ended(offers: Sequence[Row]) -> list[Row]:
    """One line per platform that offered it once and does not any more."""
    live = {offer["platform"] for offer in offers if offer["live"]}
    return list({offer["platform"]: offer for offer in offers if offer["platform"] not in live}.values())


def sentence(title: str, live: Sequence[Row], region: str) -> str:
    """The answer to where it can be watched, the reader’s likely region first."""
    if not live:
        return f"We know of no service that offers {title} now."
    here, unstated, others = watching.services(live, region)
    place = labels.inside(region_name(region))
    if here:
        parts = [f"In {place}, {title} can be watched on {labels.listing(here)}"]
        parts += [f"also on {watching.few(unstated)}, region not stated"] if unstated else []
        parts += [f"elsewhere also on {watching.few(others)}"] if others else []
    elif unstated:
        parts = [f"{title} can be watched on {watching.few(unstated)}, region not stated"]
        parts += [f"elsewhere on {watching.few(others)}"] if others else []
        parts += [f"no offer that names {place} is known"]
    else:
        parts = [f"{title} can be watched on {watching.few(others)}", f"no offer in {place} is known"]
    return f"{'; '.join(parts)}."


def every(connection: psycopg.Connection) -> Iterable[str]:
    rows = connection.execute(
        "SELECT DISTINCT o.anime_id::text FROM offer o JOIN anime a ON a.id = o.anime_id WHERE NOT a.adult"
    )
    return [id for (id,) in rows]


page = PageType("watch", load, every, "site/where_to_watch.html", named_by=("anime:{}.offers",), batch=1000)
