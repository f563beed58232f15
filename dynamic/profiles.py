"""Profiles: the public address of a fan, and where an old one leads."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, g, redirect
from flask_login import current_user
from werkzeug.routing import BaseConverter
from werkzeug.wrappers import Response

from domain import handles, paths, pictures, scores
from domain.errors import NotFound
from domain.people import others
from domain.people.others import Person
from domain.people.profile import DAYS, Profile, Titles
from domain.people.profile import profile as profile_of
from domain.reviews.markup import blocks
from dynamic import entries, profile_card
from dynamic.pages import page
from ports import clock

profiles = Blueprint("profiles", __name__)
LEVELS = (1, 3, 6, 12)
"""Viewings of a day from which it is drawn in a stronger tone."""


class Handle(BaseConverter):
    """What can be a handle; for anything else there is no need to ask."""

    regex = handles.SHAPE


# before the routes that use it
profiles.record_once(lambda state: state.app.url_map.converters.update(handle=Handle))


@profiles.get("/@<handle:handle>")
def profile(handle: str) -> Response:
    """Who this is, as far as the reader may know; a former handle leads on for a while."""
    viewer, at = viewer_id(), clock.now()
    try:
        person = others.find(g.connection, handle, viewer)
    except NotFound as error:
        return redirect(paths.profile(_led_to(handle, viewer, error)), 302)
    if person.handle != handle:
        return redirect(paths.profile(person.handle), 302)
    shown = profile_of(g.connection, person, viewer, at)
    return page(
        "profile.html",
        person=person,
        own=person.id == viewer,
        card=_card(person, shown),
        shown=None if shown is None else _shown(shown, at.date()),
    )


@profiles.get("/@<handle:handle>/card.jpg")
def card(handle: str) -> Response:
    """The picture of a shared link; where the profile is not for everybody, there is none."""
    person = others.seen_by_everybody(g.connection, handle, viewer_id())
    shown = profile_of(g.connection, person, None, clock.now())
    assert shown is not None
    return profile_card.card(person, shown)


def _led_to(handle: str, viewer: int | None, nobody: NotFound) -> str:
    """The handle that this one leads to; who may not be known of is not told by an old one either."""
    now = handles.leads_to(g.connection, handle, clock.now())
    if now is None:
        raise nobody
    try:
        return others.find(g.connection, now, viewer).handle
    except NotFound:
        raise nobody from None


def viewer_id() -> int | None:
    """Who looks; None for a visitor."""
    return current_user.id if current_user.is_authenticated else None


def _shown(shown: Profile, today: date) -> dict[str, Any]:
    """A profile for a template."""
    scale = current_user.scale if current_user.is_authenticated else "10"
    return {
        "counts": [(entries.STATUSES[status], many) for status, many in shown.counts.items() if many],
        "tracked": sum(shown.counts.values()),
        "episodes": shown.episodes,
        "following": shown.following,
        "followers": shown.followers,
        "mean": "" if shown.mean is None else scores.shown(round(shown.mean), scale),
        "histogram": [(point, many, _tall(many, shown.histogram)) for point, many in enumerate(shown.histogram, 1)],
        "scored": sum(shown.histogram),
        "activity": _weeks(shown.activity, today),
        "viewings": sum(shown.activity.values()),
        "days": len(shown.activity),
        "favourites": titles(shown.favourites),
        "watching": titles(shown.watching),
        "reviews": [_review(review, card) for review, card in shown.reviews],
    }


def titles(found: Titles) -> list[dict[str, Any]]:
    """Anime as lists show them."""
    return [entries.line(anime_id, card, None) for anime_id, card in found]


def _review(review: Any, card: Any) -> dict[str, Any]:
    return {
        "title": entries.title_of(card),
        "path": paths.review(review.id),
        "said": blocks(review.body),
        "spoiler": review.spoiler,
        "day": review.created_at.strftime("%-d %B %Y"),
    }


def _tall(many: int, histogram: list[int]) -> int:
    """How tall a bar is, of a hundred."""
    return round(100 * many / max(histogram)) if many else 0


def _weeks(activity: dict[date, int], today: date) -> list[tuple[int, int, int]]:
    """(week, weekday, tone) of each day with viewings, the oldest week first; Monday is 0."""
    first = today - timedelta(days=DAYS - 1)
    monday = first - timedelta(days=first.weekday())
    return [
        ((day - monday).days // 7, day.weekday(), sum(many >= level for level in LEVELS))
        for day, many in activity.items()
        if monday <= day <= today + timedelta(days=1)
    ]


def _card(person: Person, shown: Profile | None) -> dict[str, str]:
    """What is shown where a link is shared: as little as the page itself shows to a visitor."""
    said = "" if shown is None else f"{sum(shown.counts.values()):,} anime, {shown.episodes:,} episodes."
    return {
        "title": f"{person.name} (@{person.handle})",
        "description": " ".join(filter(None, [said, " ".join(person.bio.split())[:150]])),
        "path": paths.profile(person.handle),
        "image": paths.profile_card(person.handle) if person.visibility == "public" else pictures.SITE_SHARE,
    }
