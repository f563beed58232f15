"""/season/:season-year — the anime of one season, its week, and what still airs from before.

/season/:season-year/tv and /season/:season-year/a-z are the same list filtered and in another order, for readers
without scripts; search engines are told to leave them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import psycopg

from domain import paths
from domain.seasons import first_day_after, neighbour, season_of
from sitegen import labels, seo
from sitegen.page import Document, PageType
from sitegen.parts import shares
from sitegen.reader import Reader
from sitegen.reads.batch import Row
from sitegen.subjects import every_season

_COUNTED = """
SELECT name, array_agg(format) FROM (SELECT season || '-' || season_year AS name, format, count(*) AS many
    FROM anime WHERE season IS NOT NULL AND NOT adult GROUP BY 1, 2) counted
"""
ORDERS = {"": "Most popular", "a-z": "A–Z", "air-time": "Air time"}
EACH = "Each with its cover, format, number of episodes and hour in Japan."
BY = {"": "popularity", "a-z": "title", "air-time": "weekday and hour"}


def load(read: Reader, name: str) -> Document | None:
    if not read.season_known(name):
        return None
    cards, current = read.members_of_season(name), season_of(read.as_of)
    started = {card["id"] for card in cards}
    leftovers = [card for card in read.airing() if card["id"] not in started] if name == current else []
    shown, sentence = labels.season(name), labels.starting(name, cards)
    head = seo.head(
        paths.season(name),
        f"{shown} anime: every title and the weekly schedule",
        f"{sentence} The week’s schedule, formats and what still airs from the seasons before.",
        [("Seasons", paths.seasons()), (shown, paths.season(name))],
        indexable=bool(cards),
        json_ld=seo.item_list(cards) if cards else None,
        image=(shares.path_of_list(paths.season(name), shares.of_season(name, cards)), f"{shown} anime"),
    )
    content = {
        **_list(name, read.formats_of_season(name), cards, "", ""),
        "head": head,
        "title": f"{shown} anime",
        "sentence": sentence,
        "current": name == current,
        "week": _week([card for card in cards + leftovers if card["slot"]]),
        "leftovers": leftovers,
        "neighbours": [
            [arrow.format(labels.season(other)), paths.season(other)]
            for other, arrow in ((neighbour(name, -1), "← {}"), (neighbour(name, 1), "{} →"))
            if read.season_known(other)
        ],
    }
    return Document(paths.season(name), content, _turn(name, read.as_of), indexable=bool(cards))


def load_view(read: Reader, subject: str) -> Document | None:
    """Subjects are `fall-2026/a-z`, `fall-2026/tv` and `fall-2026/tv/a-z`."""
    name, *view = subject.split("/")
    form = view.pop(0) if view[0] in labels.FORMATS else ""
    order = view[0] if view else ""
    counts = read.formats_of_season(name) if read.season_known(name) else Counter[str]()
    total = counts.total()
    if total < 2 or (form and counts[form] in (0, total)):
        return None
    shown = read.members_of_season(name, form)
    what = " ".join(filter(None, (labels.season(name), labels.FORMATS.get(form), "anime")))
    title = f"{what}, {ORDERS[order]}" if order else what
    path = paths.season(name, *filter(None, (form, order)))
    many = labels.count(len(shown), "title")
    sentence = f"{many} of {total} in {labels.season(name)}, ordered by {BY[order]}."
    trail = [("Seasons", paths.seasons()), (labels.season(name), paths.season(name)), (title, path)]
    content = {
        **_list(name, counts, shown, form, order),
        "head": seo.head(path, title, f"{title}: {sentence} {EACH}", trail, indexable=False),
        "title": title,
        "sentence": sentence,
        "current": False,
        "week": [],
        "leftovers": [],
        "neighbours": [],
    }
    return Document(path, content, indexable=False)


def _list(name: str, counts: Counter[str], shown: Sequence[Row], form: str, order: str) -> dict[str, Any]:
    """The list of titles, and the ways to filter and order it; a way that changes nothing is not offered."""
    filters = [["All", counts.total(), _path(name, "", order), not form]]
    filters += [
        [label, counts[key], _path(name, key, order), key == form]
        for key, label in labels.FORMATS.items()
        if counts[key]
    ]
    orders = [[label, _path(name, form, key), key == order] for key, label in ORDERS.items()]
    return {
        "filters": filters if len(counts) > 1 else [],
        "orders": orders if counts.total() > 1 else [],
        "cards": _ordered(shown, order),
    }


def _path(name: str, form: str, order: str) -> str:
    return paths.season(name, *filter(None, (form, order)))


def _ordered(cards: Sequence[Row], order: str) -> list[Row]:
    if order == "a-z":
        return sorted(cards, key=lambda card: (card["title"].casefold(), card["path"]))
    if order == "air-time":
        return sorted(cards, key=lambda card: (card["slot"] or [9, ""], card["path"]))
    return list(cards)


def _turn(name: str, as_of: date) -> date | None:
    """The current season loses its leftovers when it ends; one to come gains them when it begins."""
    begins, ends = first_day_after(neighbour(name, -1)), first_day_after(name)
    return next((day for day in (begins, ends) if day > as_of), None)


def _week(cards: Sequence[Row]) -> list[list[Any]]:
    """[number, weekday, cards by time of day] of every day; empty where nothing has a slot."""
    days = [
        [number, name, sorted((c for c in cards if c["slot"][0] == number), key=lambda c: (c["slot"][1], c["path"]))]
        for number, name in enumerate(labels.WEEKDAYS, 1)
    ]
    return days if cards else []


def every_order(connection: psycopg.Connection) -> Iterable[str]:
    rows = connection.execute(f"{_COUNTED} GROUP BY 1 HAVING sum(many) > 1")
    return [f"{name}/{order}" for name, _ in rows for order in ORDERS if order]


def every_format(connection: psycopg.Connection) -> Iterable[str]:
    rows = connection.execute(f"{_COUNTED} GROUP BY 1 HAVING count(*) > 1")
    return ["/".join(filter(None, (name, form, order))) for name, forms in rows for form in forms for order in ORDERS]


page = PageType("season", load, every_season, "site/season.html", named_by=("season:{}", "season:{}.members"))
order_page = PageType(
    "season_order", load_view, every_order, "site/season.html",
    named_by=("season:{}.members",), endings=("/a-z", "/air-time"),
)  # fmt: skip
format_page = PageType(
    "season_format", load_view, every_format, "site/season.html",
    named_by=("season:{}.members.{}",), endings=("", "/a-z", "/air-time"),
)  # fmt: skip
