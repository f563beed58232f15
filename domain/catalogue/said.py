"""What a record said, reduced to the facts that we use; this is what `feed_record.facts` holds."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct, field


class Release(Struct, omit_defaults=True):
    """`ids` identify the anime; `shared` stand on several entries of the file and identify nothing."""

    title: str
    format: str
    ids: list[str]
    shared: list[str] = field(default_factory=list)
    status: str = "unknown"
    episodes: int | None = None
    season: str | None = None
    year: int | None = None
    seconds: int | None = None
    score: float | None = None
    synonyms: list[str] = field(default_factory=list)
    studios: list[str] = field(default_factory=list)
    related: list[str] = field(default_factory=list)
    adult: bool = False


class Relation(Struct, array_like=True, frozen=True):
    to: str
    kind: str


class Edition(Struct, omit_defaults=True):
    of: str
    kind: str
    label: str | None = None


class Extra(Struct, omit_defaults=True):
    """`also` is another id under which the subject may be known; dates are (ISO date, precision)."""

    also: str | None = None
    ids: list[str] = field(default_factory=list)
    romaji: str | None = None
    english: str | None = None
    japanese: str | None = None
    synonyms: list[str] = field(default_factory=list)
    start: tuple[str, str] | None = None
    end: tuple[str, str] | None = None
    weekday: int | None = None
    time: str | None = None
    source_material: str | None = None
    genres: list[str] = field(default_factory=list)
    themes: list[str] = field(default_factory=list)
    demographics: list[str] = field(default_factory=list)
    studios: list[str] = field(default_factory=list)
    votes: int | None = None
    members: int | None = None
    relations: list[Relation] = field(default_factory=list)
    edition: Edition | None = None
    next_episode: int | None = None
    next_at: str | None = None
    synopsis: str | None = None
    synopsis_source: str | None = None
    adult: bool = False


class Episode(Struct, array_like=True, frozen=True):
    kind: str
    number: int
    part: str
    english: str | None
    romaji: str | None
    japanese: str | None
    airs_at: str | None
    precision: str | None
    minutes: int | None


class Episodes(Struct, omit_defaults=True):
    also: str | None = None
    rows: list[Episode] = field(default_factory=list)


class Offer(Struct, array_like=True, frozen=True):
    """`checked` is (ISO date, precision); `ended` a date on which the service is known to have closed."""

    site: str
    region: str
    kind: str
    url: str
    label: str | None
    first_seen: str | None
    checked: tuple[str, str] | None
    ended: str | None


class Offers(Struct, omit_defaults=True):
    also: str | None = None
    rows: list[Offer] = field(default_factory=list)


class Adult(Struct, omit_defaults=True):
    also: str | None = None


Said = Release | Extra | Episodes | Offers | Adult


class Taken(NamedTuple):
    """A record that passed: where it stood, about which subject, and what it says, also as JSON and as its digest."""

    line: int
    subject: str
    facts: Said
    text: bytes
    digest: bytes
