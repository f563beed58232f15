"""Views of reviews: one's own, and those of others."""

from __future__ import annotations

from uuid import UUID

from domain.errors import NotFound
from domain.reviews import verbs
from domain.reviews.verbs import Draft
from dynamic.api import present
from dynamic.api.route import Ask, Said

LARGEST = 2**63
"""Numbers of reviews stay below."""


def get_own_review(ask: Ask, anime_id: UUID) -> Said:
    return Said(present.own_review(verbs.own(ask.connection, ask.user.id, anime_id)))


def put_review(ask: Ask, anime_id: UUID) -> Said:
    said = ask.body
    draft = Draft(said.body, said.spoiler, said.reached)
    return Said(present.own_review(verbs.write(ask.connection, ask.user.id, anime_id, draft, ask.at)))


def delete_review(ask: Ask, anime_id: UUID) -> Said:
    verbs.remove(ask.connection, ask.user.id, anime_id, ask.at)
    return Said({})


def get_review(ask: Ask, review_id: int) -> Said:
    return Said(present.review(verbs.find(ask.connection, _known(review_id), ask.user.id)))


def report_review(ask: Ask, review_id: int) -> Said:
    verbs.report(ask.connection, _known(review_id), ask.user.id, ask.body.reason, ask.body.note, ask.at)
    return Said({})


def _known(review_id: int) -> int:
    if review_id >= LARGEST:
        raise NotFound("There is no such review.")
    return review_id
