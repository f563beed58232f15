"""Between the library's nouns and the shapes of the API."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from types import EllipsisType
from typing import Any, cast
from uuid import UUID

from msgspec import UNSET, Struct

from domain import paths, scores
from domain.errors import Invalid
from domain.library import changes as library_changes
from domain.library import entry as library_entry
from domain.library import shelf as library_shelf
from domain.library import viewings as library_viewings
from domain.library.dates import written
from domain.library.rows import Play
from domain.reviews import verbs as review_verbs
from dynamic.api.bodies import Viewing, When
from dynamic.api.route import Said
from dynamic.api.shapes import (
    Card,
    Change,
    Changed,
    Choice,
    Entry,
    History,
    Listed,
    OwnReview,
    Review,
    Round,
    Rounds,
    Scale,
    Shelf,
    State,
    Watch,
    Watches,
)
from dynamic.entries import cover_of, title_of
from dynamic.forms import keys
from dynamic.login import Visitor
from dynamic.paging import cut

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


def moved(body: When) -> datetime | str | None:
    """When a viewing was after all. Raises Invalid where nothing is said."""
    if body.watched_on is not UNSET and body.watched_at is not UNSET:
        raise Invalid("watched_on", "must not be said beside watched_at: one of them says when it was")
    if body.watched_on is not UNSET:
        return body.watched_on
    if body.watched_at is UNSET:
        raise Invalid("watched_at", "must be said, or watched_on; null where nobody knows")
    return body.watched_at


def watches(found: library_viewings.Viewings, limit: int) -> Said:
    """A page of viewings, of one more than fit on it."""
    plays, following = cut(found.plays, limit, lambda play: play.id)
    return Said(Watches([_watch(play) for play in plays], following), found.version)


def _watch(play: Play) -> Watch:
    day = written(play.watched_on, "day" if play.precision == "time" else play.precision)
    return Watch(
        play.id, cast(Any, play.kind), play.number, play.cycle, play.watched_at, day, cast(Any, play.precision),
        play.source,
    )  # fmt: skip


def rounds(found: library_viewings.Rounds, before: int, limit: int) -> Said:
    """A page of rounds."""
    asked = [one for one in found.rounds if one.number < before]
    shown, following = cut(asked, limit, lambda one: one.number)
    return Said(Rounds([_round(one) for one in shown], following), found.version, total=found.total or 0)


def _round(one: library_viewings.Round) -> Round:
    dates = one.dates
    started = written(dates.started, dates.started_precision)
    finished = written(dates.finished, dates.finished_precision)
    return Round(one.number, one.episodes, started, finished, one.completed, one.current)


def history(changes: Sequence[library_changes.Change], limit: int) -> History:
    """What was done to an entry, of one more than fit on a page."""
    shown, following = cut(changes, limit, lambda change: change.id)
    told = [Change(one.id, one.at, one.source, one.explained, one.undone_by is not None) for one in shown]
    return History(told, following)


def shelf(page: library_shelf.Page) -> Shelf:
    """A page of the library."""
    listed = [Listed(entry(one), card(one.anime_id, shown)) for one, shown in page.entries]
    return Shelf(listed, str(page.following) if page.following else None, page.counts)


def card(anime_id: UUID, card: library_shelf.Card) -> Card:
    """What a list shows of an anime."""
    return Card(title_of(card), paths.anime(card.slug), card.format, card.year, card.airing, cover_of(anime_id, card))


def account_of(user: Visitor) -> str:
    """What tells accounts on one device apart, and nothing else."""
    return keys().mac("account", str(user.id).encode())[:20]


def review(review: review_verbs.Review) -> Review:
    """A review as others see it."""
    return Review(
        review.id, review.anime_id, review.handle, review.body, review.spoiler, review.reached, paths.review(review.id),
        review.created_at,
    )  # fmt: skip


def own_review(own: review_verbs.Review) -> OwnReview:
    """A review as its writer sees it."""
    return OwnReview(review(own), own.state, own.private)  # type: ignore[arg-type]
