"""The picture of a shared link to a profile: what a visitor sees there, drawn when it is asked for.

Drawing is all that `dynamic` has of `sitegen`: a picture of a person cannot lie in the bucket, where it would have to
be found and removed whenever somebody hides, leaves, or makes an entry private.
"""

from __future__ import annotations

from threading import Lock
from typing import Any

from flask import Response, current_app, request

from domain import pictures, scores
from domain.errors import Throttled
from domain.people.others import Person
from domain.people.profile import Profile, Titles
from dynamic import entries
from sitegen.images import profile as drawing

TURN = Lock()
"""One card at a time in each process, for 30 ms of a core; and faces of letters are not made for several threads."""
PATIENCE, SOON = 1.0, 5
"""Seconds that one waits for a turn, and after which one may come back."""
KEPT = 300
"""Seconds that whoever has a card may show it."""


def card(person: Person, shown: Profile) -> Response:
    """The picture, or that it has not changed. Raises Throttled where too many are being drawn."""
    facts = _facts(person, shown)
    tag = pictures.mark_of_card(facts)
    response = Response(content_type="image/jpeg")
    # a reader with a cookie may be somebody who is shown less
    response.headers["Cache-Control"] = f"{'private' if request.cookies else 'public'}, max-age={KEPT}"
    response.set_etag(tag, weak=True)
    if request.if_none_match.contains_weak(tag):
        response.status_code = 304
    else:
        response.data = _drawn(facts)
    return response


def _facts(person: Person, shown: Profile) -> dict[str, Any]:
    figures = [(f"{sum(shown.counts.values()):,}", "anime"), (f"{shown.episodes:,}", "episodes")]
    if shown.mean is not None:
        figures.append((scores.shown(round(shown.mean), "10"), "on average"))
    return {
        "name": person.name,
        "handle": person.handle,
        "since": person.created_at.date(),
        "figures": figures,
        "covers": _covers(shown.favourites or shown.watching),
        "brand": current_app.extensions["site"]["name"],
    }


def _covers(titles: Titles) -> list[tuple[str, str, str]]:
    return [(str(id), entries.title_of(card), card.title_japanese or "") for id, card in titles[: drawing.MOST]]


def _drawn(facts: dict[str, Any]) -> bytes:
    if not TURN.acquire(timeout=PATIENCE):
        raise Throttled(SOON)
    try:
        lists = {name: tuple(facts[name]) for name in ("figures", "covers")}
        return drawing.draw(drawing.ProfileCard(**facts | lists))
    finally:
        TURN.release()
