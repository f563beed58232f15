"""What the API takes: unknown fields are refused, so that a misspelt one is not silently lost."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from domain.library.fields import LONGEST_NOTES, LONGEST_TAG, MOST_TAGS
from domain.reviews.verbs import LONGEST, LONGEST_NOTE
from dynamic.api.shapes import Count, Day, Status, Stored

Notes = Annotated[str, Meta(max_length=LONGEST_NOTES)]
Tag = Annotated[str, Meta(min_length=1, max_length=LONGEST_TAG)]
Tags = Annotated[list[Tag], Meta(max_length=MOST_TAGS)]
Priority = Annotated[int, Meta(ge=0, le=5)]
Moment = Annotated[datetime, Meta(tz=True)]
MOST, PAGE = 100, 200
"""Entries that one request is answered with, and that one may change."""


class Fields(Struct, frozen=True, forbid_unknown_fields=True):
    """What a person may say of an entry; what is left out stays as it is."""

    status: Status | UnsetType = UNSET
    score: Stored | UnsetType | None = UNSET
    notes: Notes | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET
    private: bool | UnsetType = UNSET
    favourite: bool | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    started: Day | UnsetType | None = UNSET
    finished: Day | UnsetType | None = UNSET


class Progress(Struct, frozen=True, forbid_unknown_fields=True):
    """How far a fan is; no dates are made up for what was watched before."""

    progress: Count


class Viewing(Struct, frozen=True, forbid_unknown_fields=True):
    """When an episode was watched: a moment, or a day, month or year; left out, it is now, and null is unknown."""

    watched_at: Moment | UnsetType | None = UNSET
    watched_on: Day | UnsetType = UNSET


class When(Struct, frozen=True, forbid_unknown_fields=True):
    """When a viewing was: a moment, or a day, month or year; null is unknown. One of them has to be said."""

    watched_at: Moment | UnsetType | None = UNSET
    watched_on: Day | UnsetType = UNSET


class Dates(Struct, frozen=True, forbid_unknown_fields=True):
    """When a round was begun and ended, as exactly as is known; null is no date, what is left out stays as it is."""

    started: Day | UnsetType | None = UNSET
    finished: Day | UnsetType | None = UNSET


class Changes(Struct, frozen=True, forbid_unknown_fields=True):
    """What to undo, all of it or nothing; no two changes may be of one anime."""

    changes: Annotated[list[Annotated[int, Meta(ge=0, le=2**53)]], Meta(min_length=1, max_length=PAGE)]


class Nothing(Struct, frozen=True, forbid_unknown_fields=True):
    """`{}`."""


class Edits(Struct, frozen=True, forbid_unknown_fields=True):
    """The same changes to many entries."""

    anime: Annotated[list[UUID], Meta(min_length=1, max_length=PAGE)]
    changes: Fields


class Guest(Struct, frozen=True):
    """An anime of a list that a browser kept; what else a browser kept is of no use here."""

    anime: UUID
    status: Status
    progress: Count = 0
    score: Stored | None = None
    at: Moment | None = None


class GuestList(Struct, frozen=True, forbid_unknown_fields=True):
    """What a visitor tracked before there was an account."""

    entries: Annotated[list[Guest], Meta(max_length=5_000)]


class Of(Struct, frozen=True, forbid_unknown_fields=True):
    """Of which anime."""

    anime: Annotated[list[UUID], Meta(max_length=MOST)] = []


class Which(Struct, frozen=True, forbid_unknown_fields=True):
    """Episodes and specials are counted apart."""

    kind: Literal["regular", "special"] = "regular"


class Paged(Struct, frozen=True, forbid_unknown_fields=True):
    """From where on, and how many."""

    after: Annotated[str, Meta(pattern="^[0-9]{0,15}$", description="`next` of the page before")] = ""
    limit: Annotated[int, Meta(ge=1, le=PAGE)] = 50


class Viewings(Paged, frozen=True, forbid_unknown_fields=True):
    """Of which episode, or of which kind of episodes."""

    episode: Count | None = None
    kind: Literal["regular", "special"] | None = None


class Filter(Struct, frozen=True, forbid_unknown_fields=True):
    """Which entries, in which order, and from where on."""

    status: Status | None = None
    q: Annotated[str, Meta(max_length=100, description="Words of the title")] = ""
    format: Literal["tv", "movie", "ova", "ona", "special", "unknown"] | None = None
    year: Annotated[int, Meta(ge=1900, le=2100)] | None = None
    tag: Annotated[list[Tag], Meta(max_length=10, description="Several: all of them")] = []
    airing: bool | None = None
    score_min: Stored | None = None
    score_max: Stored | None = None
    favourite: bool | None = None
    sort: Literal["updated", "added", "title", "score", "progress", "priority", "year", "started", "finished"] = (
        "updated"
    )
    after: Annotated[str, Meta(max_length=300, description="`next` of the page before")] = ""
    limit: Annotated[int, Meta(ge=1, le=MOST)] = 50


class Written(Struct, frozen=True, forbid_unknown_fields=True):
    """What a fan writes of an anime."""

    body: Annotated[str, Meta(min_length=1, max_length=LONGEST)]
    spoiler: bool = False
    reached: Count | None = None


class Wrong(Struct, frozen=True, forbid_unknown_fields=True):
    """What is wrong with a review."""

    reason: Literal["spam", "spoiler", "abuse", "other"]
    note: Annotated[str, Meta(max_length=LONGEST_NOTE)] = ""


class Until(Struct, frozen=True, forbid_unknown_fields=True):
    """Up to which evening."""

    before: Annotated[str, Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?$", description="`next` of the page before")] = ""
