"""People: following, blocking and muting, what is shared with whom, and what those one follows do, by plain forms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import psycopg
from flask import Blueprint, Response, g, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from domain import paths, scores
from domain.errors import Invalid, NotFound
from domain.people import feed, following, sharing
from domain.people.feed import Line
from domain.people.sharing import LONGEST_BIO
from dynamic import entries
from dynamic.came_for import own_path
from dynamic.forms import typed
from dynamic.login import signed_in
from dynamic.pages import page
from ports import clock

people = Blueprint("people", __name__)

VISIBILITIES = {
    "public": "Everybody",
    "followers": "Followers, once I let them follow",
    "private": "Only I",
}
KINDS = {
    "asks": "Asks to follow you", "follower": "Follows you", "follow": "You follow", "asked": "You asked to follow",
    "mute": "Muted", "block": "Blocked",
}  # fmt: skip
Act = Callable[[psycopg.Connection, int, str, datetime], object]
ACTS: dict[str, Act] = {
    "follow": following.follow,
    "unfollow": lambda connection, me, handle, at: following.unfollow(connection, me, handle),
    "accept": following.accept,
    "refuse": lambda connection, me, handle, at: following.refuse(connection, me, handle),
    "block": following.block,
    "unblock": lambda connection, me, handle, at: following.unblock(connection, me, handle),
    "mute": following.mute,
    "unmute": lambda connection, me, handle, at: following.unmute(connection, me, handle),
}
"""What a form may ask for of somebody."""
OFFERED = {
    "asks": (("accept", "Accept"), ("refuse", "Refuse")), "follower": (("refuse", "Remove"),),
    "follow": (("unfollow", "Unfollow"),), "asked": (("unfollow", "Ask no more"),), "mute": (("unmute", "Unmute"),),
    "block": (("unblock", "Unblock"),),
}  # fmt: skip
"""Kind of a tie → what may be done about it."""


@people.post("/@<handle:handle>/act")
@signed_in
def act(handle: str) -> AnyResponse:
    """Follow, mute, block and their contraries; back to where the form stood."""
    wanted = typed("act", 20)
    if wanted not in ACTS:
        raise NotFound("There is nothing at this address.")
    ACTS[wanted](g.connection, current_user.id, handle, clock.now())
    otherwise = "/settings/people" if wanted == "block" else paths.profile(handle)
    return redirect(own_path(request.form.get("next", ""), otherwise), 303)


@people.get("/settings/people")
@signed_in
def settings() -> Response:
    """Who sees the profile, and everybody one has to do with."""
    return _settings()


@people.post("/settings/people")
@signed_in
def share() -> AnyResponse:
    """Say who sees the profile, and what it says."""
    try:
        with g.connection.transaction():
            sharing.share(g.connection, current_user.id, typed("visibility"), typed("bio"), clock.now())
    except Invalid as error:
        return _settings(error)
    return redirect("/settings/people", 303)


@people.get("/activity")
@signed_in
def activity() -> Response:
    """A fortnight of those one follows."""
    before = _before(request.args.get("before", ""))
    found = feed.feed(g.connection, current_user.id, clock.now(), current_user.time_zone, before)
    evenings: dict[date, list[dict[str, Any]]] = {}
    for line in found:
        evenings.setdefault(line.evening, []).append(_told(line))
    return page(
        "activity.html",
        evenings=[(f"{evening:%A, %-d %B %Y}", lines) for evening, lines in evenings.items()],
        older=f"/activity?before={min(evenings)}" if evenings else "",
        first=before is None,
    )


def _before(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid("before", "must be a day such as 2026-11-22") from error


def _settings(error: Invalid | None = None) -> Response:
    visibility, bio = sharing.sharing(g.connection, current_user.id)
    said = {name: request.form.get(name, value) for name, value in (("visibility", visibility), ("bio", bio))}
    ties = following.ties(g.connection, current_user.id)
    groups = [(told, [tie for tie in ties if tie.kind == kind], OFFERED[kind]) for kind, told in KINDS.items()]
    return page(
        "people.html", 422 if error else 200, error=error, typed=said, visibilities=VISIBILITIES, longest=LONGEST_BIO,
        groups=[group for group in groups if group[1]],
    )  # fmt: skip


def _told(line: Line) -> dict[str, Any]:
    """A line for a template."""
    return {
        "handle": line.handle,
        "name": line.name,
        "avatar": line.avatar,
        "anime": entries.line(line.anime_id, line.card, None),
        "words": words(line),
        "review": paths.review(line.review) if line.review else "",
        "score": scores.shown(line.score, current_user.scale),
    }


STATUSES = {
    "planning": "plans to watch", "watching": "began", "completed": "completed", "paused": "paused",
    "dropped": "dropped", "rewatching": "watches again",
}  # fmt: skip


def words(line: Line) -> str:
    """What somebody did in an evening, in words before the title: `watched episodes 3–5 of`."""
    if line.status and (line.status != "watching" or not line.episodes):
        return STATUSES[line.status]
    if line.episodes:
        return f"watched episode{'s' if len(line.episodes) > 1 else ''} {spans(line.episodes)} of"
    if line.review:
        return "reviewed"
    return "scored" if line.score is not None else "added"


def spans(numbers: tuple[int, ...]) -> str:
    """`3–5, 8`."""
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][-1] == number - 1:
            found[-1][1:] = [number]
        else:
            found.append([number])
    return ", ".join("–".join(map(str, span)) for span in found)
