"""Anime with their titles, editions, relations and episodes."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Computed,
    DateTime,
    Double,
    ForeignKey,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base

FORMATS = ("tv", "movie", "ova", "ona", "special", "unknown")
STATUSES = ("finished", "airing", "upcoming", "unknown")
PRECISIONS = ("year", "month", "day")
RELATION_KINDS = (
    "sequel",
    "prequel",
    "parent",
    "side_story",
    "summary",
    "full_story",
    "spin_off",
    "alternative",
    "character",
    "adaptation",
    "other",
)
EPISODE_KINDS = (
    "regular",
    "special",
    "opening",
    "ending",
    "trailer",
    "credit",
    "parody",
    "other",
)

NOW = text("now()")


class Anime(Base):
    """One anime; `id` is the only identifier that anything refers to, external ids are metadata."""

    __tablename__ = "anime"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(Text, unique=True)
    title_romaji: Mapped[str] = mapped_column(Text)
    title_english: Mapped[str | None] = mapped_column(Text)
    title_japanese: Mapped[str | None] = mapped_column(Text)
    synonyms: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    format: Mapped[str] = mapped_column(Text, server_default="unknown")
    status: Mapped[str] = mapped_column(Text, server_default="unknown")
    episode_count: Mapped[int | None]
    episode_seconds: Mapped[int | None]
    season: Mapped[str | None] = mapped_column(Text)
    season_year: Mapped[int | None]
    start_date: Mapped[date | None]
    start_precision: Mapped[str | None] = mapped_column(Text)
    end_date: Mapped[date | None]
    end_precision: Mapped[str | None] = mapped_column(Text)
    broadcast_weekday: Mapped[int | None] = mapped_column(SmallInteger)
    broadcast_time: Mapped[time | None]
    synopsis: Mapped[str | None] = mapped_column(Text)
    synopsis_source: Mapped[str | None] = mapped_column(Text)
    source_material: Mapped[str | None] = mapped_column(Text)
    feed_score: Mapped[float | None] = mapped_column(Double)
    feed_votes: Mapped[int | None]
    score_band: Mapped[int] = mapped_column(SmallInteger, Computed("coalesce(floor(feed_score * 2), 0)"))
    popularity: Mapped[int | None]
    popularity_band: Mapped[int] = mapped_column(
        SmallInteger,
        Computed("coalesce(floor(4 * log(greatest(popularity, 1)::double precision)), 0)"),
    )
    external_ids: Mapped[dict[str, list[str]]] = mapped_column(JSONB, server_default=text("'{}'"))
    edition: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    primary_id: Mapped[UUID | None] = mapped_column(ForeignKey("anime.id", ondelete="SET NULL"))
    cover: Mapped[str | None] = mapped_column(Text)
    adult: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW)

    episodes: Mapped[list[Episode]] = relationship(back_populates="anime", passive_deletes=True)
    primary: Mapped[Anime | None] = relationship(remote_side=[id])


class Relation(Base):
    """One anime points to another: `kind` says what the other is to this one."""

    __tablename__ = "relation"
    __table_args__ = (CheckConstraint("anime_id <> related_id"),)

    anime_id: Mapped[UUID] = mapped_column(ForeignKey("anime.id", ondelete="CASCADE"), primary_key=True)
    related_id: Mapped[UUID] = mapped_column(ForeignKey("anime.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)


class Episode(Base):
    """A regular episode, or a special, opening, trailer …; `airs_at` is exact to the day or to the minute."""

    __tablename__ = "episode"

    anime_id: Mapped[UUID] = mapped_column(ForeignKey("anime.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(Text, primary_key=True, server_default="")
    title_english: Mapped[str | None] = mapped_column(Text)
    title_romaji: Mapped[str | None] = mapped_column(Text)
    title_japanese: Mapped[str | None] = mapped_column(Text)
    airs_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    airs_precision: Mapped[str | None] = mapped_column(Text)
    minutes: Mapped[int | None]

    anime: Mapped[Anime] = relationship(back_populates="episodes")


class SlugHistory(Base):
    """An address that something had and has no more; it is never given to another."""

    __tablename__ = "slug_history"
    __table_args__ = ({"comment": "Every address that something had and has no more; never given to another"},)

    room: Mapped[str] = mapped_column(Text, primary_key=True)
    slug: Mapped[str] = mapped_column(Text, primary_key=True)
    target: Mapped[str] = mapped_column(Text)
