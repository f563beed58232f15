"""One entry as a page: everything that a fan may say of an anime, its episodes, and its history."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, g, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from domain import cards, scores
from domain.errors import Conflict, Invalid, NotFound, Stale
from domain.library import changes as library_changes
from domain.library import entry as library_entry
from domain.library import verbs
from domain.library.entry import Changed, Entry
from dynamic import entries, transaction
from dynamic.errors import STATUS
from dynamic.library import SOURCE, back, done
from dynamic.login import signed_in
from dynamic.pages import page
from ports import clock

entry = Blueprint("entry", __name__)

KINDS = {"regular": "Episode", "special": "Special"}
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
    try:
        current = library_entry.find(g.connection, current_user.id, anime_id)
        version = int(request.form.get("version", "")[:9] or 0)
        if version != current.version:
            raise Stale("This was changed elsewhere since. What you typed is still here: look at it, and save again.")
        changes = entries.said(current, request.form)
        changed = verbs.edit(g.connection, current_user.id, anime_id, changes, clock.now(), SOURCE, version)
    except (Invalid, Stale) as error:
        transaction.failed()
        return _page(anime_id, error)
    return back([changed])


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
    try:
        return back([_episode(anime_id)])
    except (Invalid, Conflict) as error:
        transaction.failed()
        return _page(anime_id, error)


def _episode(anime_id: UUID) -> Changed:
    number = entries.number("number", request.form.get("number", ""))
    kind = request.form.get("kind", "regular")
    if kind not in KINDS:
        raise Invalid("kind", f"must be one of {', '.join(KINDS)}")
    who = (g.connection, current_user.id, anime_id, number, clock.now(), SOURCE)
    if request.form.get("act") == "unwatch":
        return verbs.unwatch(*who, kind=kind)
    day = request.form.get("day", "").strip()[:10]
    known = request.form.get("known", "now")
    when = {"now": ..., "unknown": None}.get(known, day)
    return verbs.watch(*who, when, current_user.time_zone, kind)


def _page(anime_id: UUID, error: Invalid | Conflict | None = None) -> Response:
    card = cards.card_of(g.connection, anime_id)
    current = _current(anime_id)
    line = entries.line(anime_id, card, current)
    if error and line["mine"]:
        line["mine"] |= {name: request.form[name] for name in line["mine"].keys() & request.form.keys() - {"version"}}
    return page(
        "entry.html",
        next((status for kind, status in STATUS.items() if isinstance(error, kind)), 200),
        anime=line,
        mine=line["mine"],
        error=error if error is None or isinstance(error, Invalid) else Invalid(str(error)),
        history=library_changes.history(g.connection, current_user.id, anime_id),
        done=done(),
        tables={
            "status": entries.STATUSES, "scores": scores.choices(current_user.scale), "kinds": KINDS,
            "priorities": PRIORITIES,
        },
    )  # fmt: skip


def _current(anime_id: UUID) -> Entry | None:
    try:
        return library_entry.find(g.connection, current_user.id, anime_id)
    except NotFound:
        return None
