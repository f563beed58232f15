"""Between the library's nouns and the shapes of the API."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from types import EllipsisType
from typing import Any, cast
from uuid import UUID

from msgspec import UNSET, Struct

from domain import paths, scores
from domain.library import changes as library_changes
from domain.library import entry as library_entry
from domain.library import shelf as library_shelf
from domain.library.dates import written
from dynamic.api.bodies import Viewing
from dynamic.api.route import Said
from dynamic.api.shapes import Card, Change, Changed, Choice, Entry, History, Listed, Scale, Shelf, State
from dynamic.entries import cover_of, title_of
from dynamic.forms import keys
from dynamic.login import Visitor

SAME = (
    "status", "score", "progress", "furthest", "total", "rewatches", "last_rewatched_at", "notes", "private",
    "favourite", "priority", "added_at", "updated_at", "version",
)  # fmt: skip
"""What is called the same on both sides."""


def entry(entry: library_entry.Entry) -> Entry:
    """An entry as its owner sees it."""
    return Entry(
        anime=entry.anime_id,
        started=written(entry.started, entry.started_precision),
        finished=written(entry.finished, entry.finished_precision),
        tags=list(entry.tags),
        **{name: getattr(entry, name) for name in SAME},
    )


def state(entry: library_entry.Entry) -> State:
    """As much of it as is painted."""
    names = (name for name in State.__struct_fields__ if name != "anime")
    return State(anime=entry.anime_id, **{name: getattr(entry, name) for name in names})


def changed(changed: library_entry.Changed) -> Said:
    """What a write did."""
    return Said(told(changed), changed.entry.version if changed.entry else None)


def scale(name: str) -> Scale:
    """A scale by its name."""
    return cast(Scale, name)


def choices(scale: str) -> list[Choice]:
    """What may be chosen in a scale."""
    return [Choice(score, shown) for score, shown in scores.choices(scale)]


def told(changed: library_entry.Changed) -> Changed:
    return Changed(entry(changed.entry) if changed.entry else None, changed.change_id or None, changed.explained)


def fields(body: Struct) -> dict[str, Any]:
    """What was said of an entry; what was left out is not among it."""
    given = {name: getattr(body, name) for name in body.__struct_fields__}
    return {name: value for name, value in given.items() if value is not UNSET}


def watched(body: Viewing) -> datetime | str | EllipsisType | None:
    """When something was watched, as `library.watch` takes it."""
    if body.watched_on is not UNSET:
        return body.watched_on
    return ... if body.watched_at is UNSET else body.watched_at


def history(changes: Sequence[library_changes.Change]) -> History:
    """What was done to an entry."""
    return History([Change(one.id, one.at, one.source, one.explained, one.undone_by is not None) for one in changes])


def shelf(page: library_shelf.Page) -> Shelf:
    """A page of the library."""
    listed = [Listed(entry(one), _card(one.anime_id, card)) for one, card in page.entries]
    return Shelf(listed, str(page.following) if page.following else None, page.counts)


def _card(anime_id: UUID, card: library_shelf.Card) -> Card:
    return Card(title_of(card), paths.anime(card.slug), card.format, card.year, card.airing, cover_of(anime_id, card))


def account_of(user: Visitor) -> str:
    """What tells accounts on one device apart, and nothing else."""
    return keys().mac("account", str(user.id).encode())[:20]
