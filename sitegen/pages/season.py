"""/season/:season-year — the anime of one season, its week, and what still airs from before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import psycopg

from domain import paths
from domain.seasons import first_day_after, neighbour, season_of
from sitegen import labels, seo
from sitegen.page import Document, PageType
from sitegen.reader import Reader
from sitegen.reads.batch import Row


def load(read: Reader, name: str) -> Document | None:
    if not read.season_known(name):
        return None
    cards, current = read.members_of_season(name), season_of(read.as_of)
    started = {card["id"] for card in cards}
    leftovers = [card for card in read.airing() if card["id"] not in started] if name == current else []
    path, shown = paths.season(name), labels.season(name)
    content = {
        "head": seo.head(
            path,
            f"{shown} anime: every title and the weekly schedule",
            f"{_sentence(shown, cards)} The week’s schedule, formats and what still airs.",
            [("Seasons", paths.seasons()), (shown, path)],
            indexable=bool(cards),
            json_ld=seo.item_list(cards) if cards else None,
        ),
        "title": shown,
        "sentence": _sentence(shown, cards),
        "formats": _by_format(cards),
        "week": _week([card for card in cards + leftovers if card["slot"]]),
        "leftovers": leftovers,
        "neighbours": [
            [labels.season(other), paths.season(other)]
            for other in (neighbour(name, -1), neighbour(name, 1))
            if read.season_known(other)
        ],
    }
    return Document(path, content, _turn(name, read.as_of), indexable=bool(cards))


def _turn(name: str, as_of: date) -> date | None:
    """The current season loses its leftovers when it ends; one to come gains them when it begins."""
    begins, ends = first_day_after(neighbour(name, -1)), first_day_after(name)
    return next((day for day in (begins, ends) if day > as_of), None)


def _sentence(shown: str, cards: list[Row]) -> str:
    if not cards:
        return f"No anime is known to start in {shown}."
    counts = [labels.count(len(group), form, form if form.isupper() else None) for form, group in _by_format(cards)]
    return f"{labels.count(len(cards), 'anime', 'anime')} start in {shown}: {labels.listing(counts)}."


def _by_format(cards: list[Row]) -> list[tuple[str, list[Row]]]:
    groups: dict[str, list[Row]] = {name: [] for name in labels.FORMATS.values()}
    for card in cards:
        groups[card["format"]].append(card)
    return [(name, group) for name, group in groups.items() if group]


def _week(cards: list[Row]) -> list[list[Any]]:
    """[weekday, cards by time of day], days without a broadcast left out."""
    days = []
    for weekday, name in enumerate(labels.WEEKDAYS, 1):
        slots = sorted((card["slot"][1], card["path"], card) for card in cards if card["slot"][0] == weekday)
        if slots:
            days.append([name, [card for _, _, card in slots]])
    return days


def every(connection: psycopg.Connection) -> Iterable[str]:
    return [name for (name,) in connection.execute("SELECT name FROM season")]


page = PageType("season", load, every, "site/season.html", named_by=("season:{}", "season:{}.members"), batch=100)
