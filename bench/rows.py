"""The tables as JSON, once: what somebody has who moves the site to Hugo. Rows as they are, in order of their keys."""

from __future__ import annotations

from contextlib import closing
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import orjson
import psycopg
from psycopg.rows import dict_row

from bench.export import Exported
from domain.people.sight import EVERYBODY, REVIEW
from domain.seasons import season_of
from ports.database import connect
from sitegen import labels
from sitegen.assets import ASSETS
from sitegen.pages.season import ORDERS
from sitegen.parts import reviews
from sitegen.parts.story import APART, BEFORE
from sitegen.reads.reviews import SHOWN
from sitegen.regions import region_name

KEYED = ("anime", "platform", "studio", "genre")
"""Tables that others refer to: a row by its id."""
OWNED = {
    "episode": "kind, number, part",
    "offer": "platform_id, region, kind",
    "relation": "related_id, kind",
    "anime_studio": "studio_id",
    "anime_genre": "genre_id",
}
"""Tables whose rows belong to an anime: a list by the anime's id, in the order of the rest of the key."""
_KEYED = "SELECT id::text, json_strip_nulls(to_json(t))::text FROM {0} t ORDER BY id"
_OWNED = "SELECT anime_id::text, json_agg(json_strip_nulls(to_json(t)) ORDER BY {1})::text FROM {0} t GROUP BY 1"
_SEASONS = "SELECT name, json_strip_nulls(to_json(t))::text FROM season t ORDER BY name"
_SIMILAR = "SELECT anime_id::text, titles::text FROM similar_title ORDER BY 1"
_RECEPTION = "SELECT anime_id::text, json_strip_nulls(to_json(t))::text FROM reception t ORDER BY 1"
_REVIEWS = f"""
SELECT r.anime_id::text, r.id, coalesce(a.handle, '') AS handle, r.body, r.spoiler, r.reached,
    (r.published_at AT TIME ZONE 'UTC')::date AS day
FROM review r LEFT JOIN account a ON a.id = r.user_id
WHERE {REVIEW} AND (r.user_id IS NULL OR {EVERYBODY}) ORDER BY 1, r.published_at DESC, r.id DESC
"""
_SITEMAPS = ("sitemap", "sitemap_index")


def export(database_url: str, ours: Exported, as_of: date, folder: Path) -> Path:
    """Write a `TABLE.json` for each table, and the words that a reader sees for the values in them."""
    folder.mkdir(parents=True, exist_ok=True)
    statements = {name: _KEYED.format(name) for name in KEYED}
    statements |= {name: _OWNED.format(name, order) for name, order in OWNED.items()}
    statements |= {"season": _SEASONS, "similar_title": _SIMILAR, "reception": _RECEPTION}
    with closing(connect(database_url)) as connection:
        for name, sql in statements.items():
            rows = connection.execute(sql).fetchall()
            plain = {key: orjson.Fragment(text) for key, text in rows}
            (folder / f"{name}.json").write_bytes(orjson.dumps(plain))
        (folder / "review.json").write_bytes(orjson.dumps(written(connection)))
        codes = ["", ours.site.region, *(code for (code,) in connection.execute("SELECT DISTINCT region FROM offer"))]
    told = {"regions": {code: region_name(code) for code in codes}, "region": ours.site.region}
    (folder / "words.json").write_bytes(orjson.dumps({**words(as_of), **told}))
    for name in _SITEMAPS:  # dates in them are when a page last changed: no table that Hugo has says that
        (folder / f"{name}.json").write_bytes((ours.folder / f"{name}.json").read_bytes())
    return folder


def written(connection: psycopg.Connection) -> dict[str, Any]:
    """Of each anime how many everybody may see, and the newest; markup that only we have is told run by run."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_REVIEWS).fetchall()
    groups = {id: list(group) for id, group in groupby(rows, key=itemgetter("anime_id"))}
    return {id: {"many": len(group), "newest": reviews.lines(group[:SHOWN])} for id, group in groups.items()}


def words(as_of: date) -> dict[str, Any]:
    """Labels by value, the order of parts of a story, addresses of assets, and the day of the build."""
    return {
        "formats": labels.FORMATS,
        "format_order": list(labels.FORMATS),
        "statuses": labels.STATUSES,
        "genre_kinds": labels.GENRE_KINDS,
        "seasons": labels.SEASONS,
        "relations": labels.RELATIONS,
        "editions": labels.EDITIONS,
        "offer_kinds": labels.OFFER_KINDS,
        "providers": [[key, *value] for key, value in labels.PROVIDERS.items()],
        "with_article": labels.WITH_ARTICLE,
        "weekdays": labels.WEEKDAYS,
        "months": labels.MONTHS,
        "dates": {"year": "2006", "month": "January 2006", "day": "2 January 2006"},
        "precisions": {"year": 4, "month": 7, "day": 10},
        "orders": list(ORDERS.items()),
        "story": {kind: _place(label) for kind, label in labels.RELATIONS.items()},
        "assets": ASSETS,
        "as_of": as_of.isoformat(),
        "since": f"{as_of - timedelta(days=1)}T15:00",  # when this day began in Japan
        "weekday": as_of.isoweekday(),
        "season": season_of(as_of),
    }


def _place(label: str) -> str:
    """Where a relation stands in the watch order."""
    return "before" if label in BEFORE else "apart" if label in APART else "after"
