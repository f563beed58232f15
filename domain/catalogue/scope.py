"""The anime that an import touches, with what the feeds said about each before and say now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from domain.catalogue.feeds import FEEDS
from domain.catalogue.relations import naming
from domain.catalogue.sheet import EMPTY, Sheet
from domain.catalogue.stock import Stock


@dataclass
class Scope:
    """`old` and `new` hold a sheet for each touched anime, and for others where a relation asks for them."""

    stock: Stock
    touched: list[str] = field(default_factory=list)
    renamed: set[str] = field(default_factory=set)
    """Anime whose records name an id that now means another anime."""
    old: dict[str, Sheet] = field(default_factory=dict)
    new: dict[str, Sheet] = field(default_factory=dict)

    def is_new(self, anime_id: str) -> bool:
        return anime_id not in self.stock.existed

    def ensure(self, anime_ids: Collection[str]) -> None:
        """Have the sheets of untouched anime too, as far as relations need them."""
        missing = [anime_id for anime_id in sorted(anime_ids) if anime_id not in self.new]
        sheets = _stored(self.stock, missing, ("release", "extra"))
        for anime_id in missing:
            self.old[anime_id] = self.new[anime_id] = sheets.get(anime_id, EMPTY)


def attach_waiting(stock: Stock) -> int:
    """Give records their anime that waited for it, or whose id now means another anime; returns how many."""
    attached = 0
    for feed, heads in stock.heads.items():
        if feed == "release":
            continue
        moving = {}
        for subject, head in heads.items():
            if subject in stock.pending[feed] or (head.anime_id is not None and subject not in stock.index.moved):
                continue
            anime_id = stock.anime_of(subject, head.also)
            if anime_id is not None and anime_id != head.anime_id:
                moving[subject] = anime_id
        for subject, facts in stock.facts(feed, moving).items():
            stock.put(feed, subject, facts, moving[subject])
        attached += len(moving)
    return attached


def scope_of(stock: Stock) -> Scope:
    """Everything that the pending records touch."""
    scope = Scope(stock)
    left: dict[str, list[tuple[str, str]]] = {}
    touched: set[str] = set()
    for feed, pending in stock.pending.items():
        for subject, record in pending.items():
            if record.head.anime_id is not None:
                touched.add(record.head.anime_id)
            stored = stock.stored[feed].get(subject)
            if stored and stored.anime_id is not None and stored.anime_id != record.head.anime_id:
                left.setdefault(stored.anime_id, []).append((feed, subject))
    if stock.existed and stock.index.moved:
        scope.renamed = naming(stock.connection, stock.index.moved)
    scope.touched = sorted(touched | left.keys() | scope.renamed)
    scope.old = _stored(stock, scope.touched, tuple(FEEDS))
    _renew(scope, left)
    return scope


def _renew(scope: Scope, left: dict[str, list[tuple[str, str]]]) -> None:
    """The new sheets: the old ones without what left, with what is pending."""
    stock = scope.stock
    scope.new = {
        anime_id: scope.old[anime_id].copy() if anime_id in scope.old else Sheet() for anime_id in scope.touched
    }
    for anime_id, keys in left.items():
        for feed, subject in keys:
            scope.new[anime_id].drop(feed, subject)
    for feed, pending in stock.pending.items():
        for subject, record in pending.items():
            if record.head.anime_id is not None:
                scope.new[record.head.anime_id].put(feed, subject, record.facts)


def _stored(stock: Stock, anime_ids: Collection[str], feeds: tuple[str, ...]) -> dict[str, Sheet]:
    sheets: dict[str, Sheet] = {}
    for anime_id, feed, subject, facts in stock.records_of(anime_ids, feeds):
        sheets.setdefault(anime_id, Sheet()).put(feed, subject, facts)
    return sheets
