"""What the API answers: allow-lists, so that nothing is told that is not named here."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

Status = Literal["planning", "watching", "completed", "paused", "dropped", "rewatching"]
Stored = Annotated[int, Meta(ge=0, le=100, description="A score as it is kept, whatever the scale it is shown in")]
Day = Annotated[
    str,
    Meta(
        pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$",
        description="A day, a month or a year, as exactly as it is known: `2012-05-17`, `2012-05`, `2012`",
        examples=["2012-05"],
    ),
]
Scale = Annotated[
    Literal["10", "10.5", "5", "100", "3"],
    Meta(description="How a fan sees scores: of 10, of 10 with halves, stars, of 100, three faces"),
]
Furthest = Annotated[
    int,
    Meta(description="The highest regular episode watched; more than `progress` where some were left out"),
]
Count = Annotated[int, Meta(ge=0, le=100_000)]


class Entry(Struct, frozen=True):
    """An anime on a fan's list."""

    anime: UUID
    status: Status
    score: Stored | None
    progress: Annotated[int, Meta(description="Regular episodes watched; of this round, while rewatching")]
    furthest: Furthest
    total: Annotated[int | None, Meta(description="Regular episodes there are, where that is known")]
    rewatches: int
    last_rewatched_at: datetime | None
    started: Day | None
    finished: Day | None
    notes: str
    tags: list[str]
    private: bool
    favourite: bool
    priority: int
    added_at: datetime
    updated_at: datetime
    version: Annotated[int, Meta(description="Grows with every change; the ETag")]


class Choice(Struct, frozen=True):
    """A score that may be chosen: as it is kept, and as it is shown."""

    score: Stored
    shown: str


class State(Struct, frozen=True):
    """As much of an entry as a page of the anime paints."""

    anime: UUID
    status: Status
    score: Stored | None
    progress: int
    furthest: Furthest
    total: int | None
    version: int


class States(Struct, frozen=True):
    """The fan's state of the anime that were asked for; those not on the list are left out."""

    account: Annotated[str, Meta(description="Tells accounts on one device apart; says nothing else")]
    scale: Scale
    scores: Annotated[list[Choice], Meta(description="Best first")]
    states: list[State]


class Me(Struct, frozen=True):
    """Who is signed in."""

    account: str
    handle: str
    verified: bool
    role: str
    time_zone: str
    scale: Scale
    scores: Annotated[list[Choice], Meta(description="Best first")]


class Changed(Struct, frozen=True):
    """What a write did: the entry since then, and the number by which it is undone."""

    entry: Entry | None
    change: Annotated[int | None, Meta(description="What to undo it by; null where nothing was to be changed")]
    explained: str


class Watch(Struct, frozen=True):
    """One viewing of an episode."""

    watch: Annotated[int, Meta(description="What to put it right by; no other viewing of the anime ever has it")]
    kind: Literal["regular", "special"]
    episode: int
    round: Annotated[int, Meta(description="0 is the first time, 1 the first rewatch")]
    watched_at: Annotated[datetime | None, Meta(description="Where the moment is known")]
    watched_on: Annotated[Day | None, Meta(description="The day where the fan was, or the month or year")]
    precision: Literal["time", "day", "month", "year", "unknown"]
    source: str


class Watches(Struct, frozen=True):
    """Viewings, that which was recorded last first; `next` is what to send as `after` for those before them."""

    watches: list[Watch]
    next: str | None


class Round(Struct, frozen=True):
    """One time that an anime was watched."""

    round: Annotated[int, Meta(description="0 is the first time, whose dates are those of the entry")]
    episodes: Annotated[int, Meta(description="Regular episodes watched in it, as far as they are known")]
    started: Day | None
    finished: Day | None
    completed: Annotated[bool, Meta(description="Known to have gone to the end")]
    current: Annotated[bool, Meta(description="Being watched, or watched last")]


class Rounds(Struct, frozen=True):
    """Each time that an anime was watched, the last first; `next` is what to send as `after` for those before."""

    rounds: list[Round]
    next: str | None


class Change(Struct, frozen=True):
    """One line of an entry's history."""

    change: int
    at: datetime
    source: str
    explained: str
    undone: bool


class History(Struct, frozen=True):
    """What was done to an entry, newest first; `next` is what to send as `after` for what was done before."""

    changes: list[Change]
    next: str | None


class Card(Struct, frozen=True):
    """What a list shows of an anime."""

    title: str
    path: str
    format: str
    year: int | None
    airing: bool
    cover: str


class Listed(Struct, frozen=True):
    """A line of the library."""

    entry: Entry
    anime: Card


class Shelf(Struct, frozen=True):
    """A page of the library; `next` is what to send as `after` for the following one."""

    entries: list[Listed]
    next: str | None
    counts: Annotated[dict[str, int], Meta(description="How many entries have each status, whatever was filtered")]


class Bulk(Struct, frozen=True):
    """What was changed, in the order that was asked for."""

    changed: list[Changed]


class Merged(Struct, frozen=True):
    """What of a guest's list was taken over."""

    merged: int
    skipped: Annotated[list[UUID], Meta(description="No anime of ours any more")]


class Done(Struct, frozen=True):
    """`{}`: it is so now."""


class Title(Struct, frozen=True):
    """An anime, as a list shows it."""

    anime: UUID
    card: Card


class Review(Struct, frozen=True):
    """What somebody writes of an anime; of a member who is gone there is no handle."""

    number: int
    anime: UUID
    handle: str
    body: Annotated[str, Meta(description="As it was typed: text with *emphasis*, **strong**, lists and quotes")]
    spoiler: bool
    reached: Annotated[int | None, Meta(description="The episode that its writer had seen")]
    path: str
    created_at: datetime


class OwnReview(Struct, frozen=True):
    """One's own review, and whether others see it."""

    review: Review
    state: Annotated[Literal["waiting", "shown", "hidden"], Meta(description="The first ones of a fan wait for staff")]
    private: Annotated[bool, Meta(description="Nobody sees it, because the entry is private")]


class Someone(Struct, frozen=True):
    """Somebody else, and what one has to do with them."""

    handle: str
    name: str
    path: str
    avatar: str | None
    bio: str
    following: Literal["yes", "asked", ""]
    follows: bool
    muted: bool


class Seen(Struct, frozen=True):
    """What there is to be seen of somebody; nothing of private entries."""

    counts: Annotated[dict[str, int], Meta(description="How many entries have each status")]
    histogram: Annotated[list[int], Meta(description="How many scores there are of each point, from 1 to 10")]
    episodes: int
    following: int
    followers: int
    activity: Annotated[dict[str, int], Meta(description="Viewings by day")]
    favourites: list[Title]
    watching: list[Title]
    reviews: list[Review]


class Profile(Struct, frozen=True):
    """Somebody; without `seen` where only followers see more."""

    person: Someone
    seen: Seen | None


class Evening(Struct, frozen=True):
    """What somebody did with an anime in an evening; an evening ends at five in the morning."""

    handle: str
    evening: Annotated[str, Meta(description="The day on which it began, by the clock of the reader")]
    title: Title
    status: Status | None
    score: Stored | None
    episodes: list[int]
    review: int | None


class Feed(Struct, frozen=True):
    """A fortnight of those one follows; `next` is what to send as `before` for the one before."""

    lines: list[Evening]
    next: str | None


class Problem(Struct, frozen=True, omit_defaults=True):
    """Why a request was refused, after RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    field: Annotated[str, Meta(description="Which part of the request is to blame, where one is")] = ""
    entry: Annotated[Entry | None, Meta(description="The entry as it is now, beside status 412")] = None
