"""Reviews as pages: writing one's own, reading one, reporting it. All by plain forms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from domain import cards, paths
from domain.errors import Conflict, Forbidden, Invalid, NotFound
from domain.library import entry as library_entry
from domain.reviews import verbs
from domain.reviews.markup import blocks
from domain.reviews.verbs import LONGEST, Draft, Review
from dynamic import entries, transaction
from dynamic.errors import STATUS
from dynamic.forms import typed
from dynamic.login import signed_in
from dynamic.pages import page
from dynamic.profiles import viewer_id
from ports import clock

reviews = Blueprint("reviews", __name__)

REASONS = {
    "spam": "Advertising", "spoiler": "Tells what happens, and does not say so", "abuse": "Insults, hatred or threats",
    "other": "Something else",
}  # fmt: skip
STATES = {
    "waiting": "Your review waits to be looked at; the first ones of each member do.",
    "hidden": "Your review was hidden by our staff. Nobody else sees it.",
    "shown": "",
}


@reviews.get("/library/<uuid:anime_id>/review")
@signed_in
def form(anime_id: UUID) -> Response:
    """One's own review, to be written or changed."""
    return _form(anime_id)


@reviews.post("/library/<uuid:anime_id>/review")
@signed_in
def save(anime_id: UUID) -> AnyResponse:
    """Publish what was typed, or take it back."""
    if request.form.get("act") == "remove":
        verbs.remove(g.connection, current_user.id, anime_id, clock.now())
        return redirect(paths.own_review(str(anime_id)), 303)
    try:
        verbs.write(g.connection, current_user.id, anime_id, _draft(), clock.now())
    except (Invalid, Conflict, Forbidden) as error:
        transaction.failed()
        return _form(anime_id, error)
    return redirect(f"{paths.own_review(str(anime_id))}?saved", 303)


@reviews.get("/review/<int:review_id>")
def show(review_id: int) -> Response:
    """The whole of a review, with a form to report it."""
    return _show(_found(review_id))


@reviews.post("/review/<int:review_id>/report")
@signed_in
def report(review_id: int) -> AnyResponse:
    """Tell staff that something is wrong with it."""
    try:
        verbs.report(g.connection, review_id, current_user.id, typed("reason"), typed("note"), clock.now())
    except Invalid as error:
        transaction.failed()
        return _show(_found(review_id), error)
    return redirect(f"{paths.review(review_id)}?reported", 303)


def _found(review_id: int) -> Review:
    if review_id >= 2**63:
        raise NotFound("There is no such review.")
    return verbs.find(g.connection, review_id, viewer_id())


def _show(review: Review, error: Invalid | None = None) -> Response:
    card = cards.card_of(g.connection, review.anime_id)
    return page(
        "review.html", 422 if error else 200, error=error, anime=entries.line(review.anime_id, card, None),
        review=told(review), reasons=REASONS, reported="reported" in request.args, typed=typed("note"),
    )  # fmt: skip


def told(review: Review) -> dict[str, Any]:
    """A review for a template."""
    return {
        "path": paths.review(review.id),
        "handle": review.handle,
        "said": blocks(review.body),
        "spoiler": review.spoiler,
        "reached": review.reached,
        "day": review.created_at.strftime("%-d %B %Y"),
    }


def _draft() -> Draft:
    reached = request.form.get("reached", "").strip()
    # one character more than is allowed, so that what is too long is refused and not cut
    body = typed("body", LONGEST * 2 + 1)
    return Draft(body, "spoiler" in request.form, entries.number("reached", reached) if reached else None)


def _form(anime_id: UUID, error: Invalid | Conflict | Forbidden | None = None) -> Response:
    card = cards.card_of(g.connection, anime_id)
    own = _own(anime_id)
    typed_before = {
        "body": request.form.get("body", own.body if own else "")[: LONGEST * 2],
        "reached": request.form.get("reached", _reached(anime_id, own))[:6],
        "spoiler": "spoiler" in request.form if error else bool(own and own.spoiler),
    }
    return page(
        "review_form.html",
        next((status for kind, status in STATUS.items() if isinstance(error, kind)), 200),
        anime=entries.line(anime_id, card, None),
        own=own,
        here=paths.own_review(str(anime_id)),
        state=STATES[own.state] if own else "",
        saved="saved" in request.args,
        typed=typed_before,
        longest=LONGEST,
        error=error if error is None or isinstance(error, Invalid) else Invalid(str(error)),
    )


def _own(anime_id: UUID) -> Review | None:
    try:
        return verbs.own(g.connection, current_user.id, anime_id)
    except NotFound:
        return None


def _reached(anime_id: UUID, own: Review | None) -> str:
    """What was said before, else how far the library says one is."""
    if own:
        return "" if own.reached is None else str(own.reached)
    found = library_entry.states(g.connection, current_user.id, [anime_id])
    return str(found[0].progress) if found and found[0].progress else ""
