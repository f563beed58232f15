"""One entry as a page: everything that a fan may say of an anime, its episodes, and its history."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, g, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from domain import cards, scores
from domain.errors import Conflict, Invalid, NotFound, Stale
from domain.library import entry as library_entry
from domain.library import verbs, watches
from domain.library.dates import typed
from domain.library.entry import Changed, Entry
from dynamic import entries, transaction, watched
from dynamic.errors import STATUS
from dynamic.library import SOURCE, back, done
from dynamic.login import signed_in
from dynamic.pages import page
from dynamic.watched import KINDS
from ports import clock

entry = Blueprint("entry", __name__)

PRIORITIES = {0: "None", 1: "Lowest", 2: "Low", 3: "Middle", 4: "High", 5: "Highest"}


@entry.get("/library/<uuid:anime_id>")
@signed_in
def show(anime_id: UUID) -> Response:
    """What there is of it; where it is not tracked, what there was."""
    return _page(anime_id)


@entry.post("/library/<uuid:anime_id>")
@signed_in
def save(anime_id: UUID) -> AnyResponse:
    """What the form says otherwise than the entry. Refused, with what was typed, where it was changed meanwhile."""
    return _tried(anime_id, lambda: _saved(anime_id))


def _saved(anime_id: UUID) -> Changed:
    current, version = library_entry.find(g.connection, current_user.id, anime_id), _version()
    if version != current.version:
        raise Stale("This was changed elsewhere since. What you typed is still here: look at it, and save again.")
    changes = entries.said(current, request.form)
    return verbs.edit(g.connection, current_user.id, anime_id, changes, clock.now(), SOURCE, version)


@entry.post("/library/<uuid:anime_id>/track")
@signed_in
def track(anime_id: UUID) -> AnyResponse:
    """Put it on the list."""
    return back([verbs.track(g.connection, current_user.id, anime_id, clock.now(), SOURCE)])


@entry.post("/library/<uuid:anime_id>/rewatch")
@signed_in
def rewatch(anime_id: UUID) -> AnyResponse:
    """Begin to watch it again."""
    return back([verbs.rewatch(g.connection, current_user.id, anime_id, clock.now(), SOURCE)])


@entry.post("/library/<uuid:anime_id>/remove")
@signed_in
def remove(anime_id: UUID) -> AnyResponse:
    """Take it off the list."""
    return back([verbs.remove(g.connection, current_user.id, anime_id, clock.now(), SOURCE)])


@entry.post("/library/<uuid:anime_id>/episode")
@signed_in
def episode(anime_id: UUID) -> AnyResponse:
    """One episode was watched, now or when it is said, or was not."""
    return _tried(anime_id, lambda: _episode(anime_id))


def _episode(anime_id: UUID) -> Changed:
    number = entries.number("number", request.form.get("number", ""))
    kind = request.form.get("kind", "regular")
    if kind not in KINDS:
        raise Invalid("kind", f"must be one of {', '.join(KINDS)}")
    who = (g.connection, current_user.id, anime_id, number, clock.now(), SOURCE)
    if request.form.get("act") == "unwatch":
        return verbs.unwatch(*who, kind=kind)
    day, known = request.form.get("day", "").strip(), request.form.get("known", "now")
    said = typed("day", day, current_user.time_zone) if day else {"now": ..., "unknown": None}.get(known, "")
    return verbs.watch(*who, said, current_user.time_zone, kind)


@entry.post("/library/<uuid:anime_id>/redate")
@signed_in
def redate(anime_id: UUID) -> AnyResponse:
    """Say when a viewing was."""
    return _tried(anime_id, lambda: _redated(anime_id), "viewings")


def _redated(anime_id: UUID) -> Changed | None:
    watch, when = entries.number("watch", request.form.get("watch", "")), request.form.get("when", "").strip()
    if when == request.form.get("was"):  # it is shown to the minute, and known to the second
        return None
    said = typed("when", when, current_user.time_zone)
    return watches.redate(
        g.connection, current_user.id, anime_id, watch, said, clock.now(), SOURCE, current_user.time_zone, _version()
    )


@entry.post("/library/<uuid:anime_id>/forget")
@signed_in
def forget(anime_id: UUID) -> AnyResponse:
    """A viewing was none."""
    watch = entries.number("watch", request.form.get("watch", ""))
    return back([watches.forget(g.connection, current_user.id, anime_id, watch, clock.now(), SOURCE)], "viewings")


@entry.post("/library/<uuid:anime_id>/round")
@signed_in
def date_round(anime_id: UUID) -> AnyResponse:
    """Say when a round was begun and ended; a date that is left alone is not said again."""
    return _tried(anime_id, lambda: _round_dated(anime_id), "rounds")


def _round_dated(anime_id: UUID) -> Changed:
    number, version = entries.number("round", request.form.get("round", "")), _version()
    now = watched.round_of(anime_id, number)
    dates = {name: request.form.get(name, "").strip() for name in ("started", "finished")}
    changes = {name: text or None for name, text in dates.items() if text != now.get(name)}
    return watches.date_round(g.connection, current_user.id, anime_id, number, changes, clock.now(), SOURCE, version)


def _version() -> int:
    """The version of the entry that the page showed."""
    return entries.number("version", request.form.get("version", ""))


def _tried(anime_id: UUID, do: Callable[[], Changed | None], place: str = "") -> AnyResponse:
    """Back to the page; refused, the page with what is wrong and what was typed."""
    try:
        changed = do()
    except (Invalid, Conflict) as error:
        transaction.failed()
        return _page(anime_id, error)
    return back([changed] if changed else [], place)


def _page(anime_id: UUID, error: Invalid | Conflict | None = None) -> Response:
    card = cards.card_of(g.connection, anime_id)
    current = _current(anime_id)
    line = entries.line(anime_id, card, current)
    said = entries.as_typed(request.form) if error and request.endpoint == "entry.save" else {}
    return page(
        "entry.html",
        next((status for kind, status in STATUS.items() if isinstance(error, kind)), 200),
        anime=line,
        mine=line["mine"],
        fields=(line["mine"] or {}) | said,
        wrong=_told(error) if error else "",
        typed={name: request.form.get(name, "") if error else "" for name in TYPED},
        here=watched.address(anime_id),
        history=watched.history(anime_id),
        done=done(),
        tables={
            "status": entries.STATUSES, "scores": scores.choices(current_user.scale), "kinds": KINDS,
            "priorities": PRIORITIES,
        },
        **(watched.parts(anime_id) if current else {}),
    )  # fmt: skip


TYPED = ("kind", "number", "known", "day", "watch", "when", "round", "started", "finished")
"""Fields of the small forms, in which stands again what was refused."""
LABELS = {
    "progress": "Episodes watched", "day": "When", "watched_on": "When", "watched_at": "When", "episode": "Number",
}  # fmt: skip
"""What a field is called on the page, where that is not its name."""


def _told(error: Invalid | Conflict) -> str:
    """As a sentence."""
    if not isinstance(error, Invalid) or not error.field:
        return str(error)
    return f"{LABELS.get(error.field, error.field.capitalize())} {error.reason}."


def _current(anime_id: UUID) -> Entry | None:
    try:
        return library_entry.find(g.connection, current_user.id, anime_id)
    except NotFound:
        return None
