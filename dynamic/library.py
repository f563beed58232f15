"""The library as pages: what a fan tracks, filtered and sorted; +1, changes to many, undo. All by plain forms."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from flask import Blueprint, Response, g, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from domain import scores
from domain.errors import Conflict, Invalid
from domain.library import changes as library_changes
from domain.library import shelf as library_shelf
from domain.library import verbs
from domain.library.entry import Changed
from domain.library.shelf import Cursor
from dynamic import entries, filters
from dynamic.came_for import own_path
from dynamic.login import signed_in
from dynamic.pages import page
from ports import clock

library = Blueprint("library", __name__)

SOURCE = "web"
PER_PAGE = 60
LONGEST = 20
"""Digits; no number of a change has as many."""
FLAGS = {"": "Leave", "yes": "Yes", "no": "No"}


@library.get("/library")
@signed_in
def shelf() -> Response:
    """One page of the library."""
    chosen = filters.chosen()
    after = request.args.get("after", "")
    found = library_shelf.shelf(
        g.connection, current_user.id, filters.query(chosen), Cursor.read(after) if after else None, PER_PAGE
    )
    return page(
        "library.html",
        chosen=chosen,
        tabs=_tabs(chosen, found.counts),
        lines=[entries.line(entry.anime_id, card, entry) for entry, card in found.entries],
        following=filters.path(chosen, found.following) if found.following else "",
        first=filters.path(chosen) if after else "",
        here=filters.path(chosen, Cursor.read(after) if after else None),
        filtered=any(chosen[name] for name in filters.FOLDED),
        done=done(),
        tables={
            "status": {"": "Leave"} | entries.STATUSES, "format": {"": "Any"} | entries.FORMATS,
            "sort": filters.SORTS, "view": filters.VIEWS, "airing": filters.AIRING, "flag": FLAGS,
            "scores": scores.choices(current_user.scale),
        },
    )  # fmt: skip


@library.post("/library/<uuid:anime_id>/plus-one")
@signed_in
def plus_one(anime_id: UUID) -> AnyResponse:
    """The next episode was watched; back to where that was said."""
    changed = verbs.plus_one(g.connection, current_user.id, anime_id, clock.now(), SOURCE, current_user.time_zone)
    return back([changed], f"e-{anime_id}")


@library.post("/library/bulk")
@signed_in
def bulk() -> AnyResponse:
    """The same change to everything that was ticked."""
    changes = _bulk_changes()
    return back(
        verbs.bulk(g.connection, current_user.id, entries.asked_for(), changes, clock.now(), SOURCE) if changes else []
    )


@library.post("/library/undo")
@signed_in
def undo() -> AnyResponse:
    """Take changes back, all or none."""
    numbers = [int(text[:LONGEST]) for text in request.form.getlist("change") if text.isascii() and text.isdigit()]
    if not numbers:
        raise Conflict("There is nothing to undo.")
    library_changes.undo_all(g.connection, current_user.id, numbers, clock.now(), SOURCE)
    return back([])


def back(changed: list[Changed], place: str = "") -> AnyResponse:
    """To the page that the form stood on, which offers to undo what was done."""
    came_from = urlsplit(own_path(request.form.get("next", ""), "/library"))
    done = ".".join(str(one.change_id) for one in changed if one.change_id)
    query = "&".join(filter(None, [came_from.query, urlencode({"done": done}) if done else ""]))
    return redirect(came_from._replace(query=query, fragment=place).geturl(), 303)


def done() -> list[str]:
    """The numbers of what was just changed."""
    return [number for number in request.args.get("done", "").split(".") if number.isascii() and number.isdigit()]


def _tabs(chosen: dict[str, str], counts: dict[str, int]) -> list[dict[str, Any]]:
    names = {"": "All"} | entries.STATUSES
    many = {"": sum(counts.values())} | counts
    return [
        {"name": told, "many": many[name], "path": filters.path(chosen, status=name), "here": chosen["status"] == name}
        for name, told in names.items()
        if many[name] or name in ("", chosen["status"])
    ]


def _bulk_changes() -> dict[str, Any]:
    """What is to be said of all: what was left alone is not among it. Raises Invalid."""
    said = {name: request.form.get(name, "") for name in ("status", "score", "favourite", "private")}
    changes: dict[str, Any] = {}
    if said["status"]:
        changes["status"] = said["status"]
    if said["score"]:
        none = said["score"] == "none"
        changes["score"] = None if none else scores.kept(said["score"], current_user.scale)
    for name in ("favourite", "private"):
        if said[name] not in FLAGS:
            raise Invalid(name, "must be yes or no")
        if said[name]:
            changes[name] = said[name] == "yes"
    return changes
