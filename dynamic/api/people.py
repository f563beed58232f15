"""Views of others: who they are, what there is to be seen of them, following them, and what those one follows do."""

from __future__ import annotations

from datetime import date
from typing import cast

from domain import paths
from domain.errors import Invalid
from domain.people import feed, following, others
from domain.people.feed import Line
from domain.people.others import Person
from domain.people.profile import Titles
from domain.people.profile import profile as profile_of
from dynamic.api import present
from dynamic.api.route import Ask, Said
from dynamic.api.shapes import Evening, Feed, Profile, Seen, Someone, Status, Title


def get_profile(ask: Ask, handle: str) -> Said:
    person = others.find(ask.connection, handle, ask.user.id)
    shown = profile_of(ask.connection, person, ask.user.id, ask.at)
    if shown is None:
        return Said(Profile(_someone(person), None))
    return Said(
        Profile(
            _someone(person),
            Seen(
                shown.counts, shown.histogram, shown.episodes, shown.following, shown.followers,
                {day.isoformat(): many for day, many in shown.activity.items()},
                _titles(shown.favourites), _titles(shown.watching),
                [present.review(review) for review, _ in shown.reviews],
            ),
        )
    )  # fmt: skip


def follow(ask: Ask, handle: str) -> Said:
    return Said(_someone(following.follow(ask.connection, ask.user.id, handle, ask.at)))


def unfollow(ask: Ask, handle: str) -> Said:
    following.unfollow(ask.connection, ask.user.id, handle)
    return Said({})


def block(ask: Ask, handle: str) -> Said:
    following.block(ask.connection, ask.user.id, handle, ask.at)
    return Said({})


def unblock(ask: Ask, handle: str) -> Said:
    following.unblock(ask.connection, ask.user.id, handle)
    return Said({})


def mute(ask: Ask, handle: str) -> Said:
    following.mute(ask.connection, ask.user.id, handle, ask.at)
    return Said({})


def unmute(ask: Ask, handle: str) -> Said:
    following.unmute(ask.connection, ask.user.id, handle)
    return Said({})


def get_feed(ask: Ask) -> Said:
    try:
        before = date.fromisoformat(ask.query.before) if ask.query.before else None
    except ValueError as error:
        raise Invalid("before", "is not in the calendar") from error
    lines = feed.feed(ask.connection, ask.user.id, ask.at, ask.user.time_zone, before)
    following_page = min(line.evening for line in lines).isoformat() if lines else None
    return Said(Feed([_evening(line) for line in lines], following_page))


def _someone(person: Person) -> Someone:
    avatar = f"/media/{person.avatar}" if person.avatar else None
    return Someone(
        person.handle, person.name, paths.profile(person.handle), avatar, person.bio,
        person.following,  # type: ignore[arg-type]
        person.follows, person.muted,
    )  # fmt: skip


def _titles(found: Titles) -> list[Title]:
    return [Title(anime_id, present.card(anime_id, card)) for anime_id, card in found]


def _evening(line: Line) -> Evening:
    title, status = (
        Title(line.anime_id, present.card(line.anime_id, line.card)),
        cast(Status | None, line.status or None),
    )
    return Evening(
        line.handle, line.evening.isoformat(), title, status, line.score, list(line.episodes), line.review
    )  # fmt: skip
