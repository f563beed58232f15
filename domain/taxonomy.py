"""Studios and curated genres, and the anime that they gather."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Identity, Text
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base


class Studio(Base):
    """A studio; `identity` is what all its spellings have in common, `name` the best known of them."""

    __tablename__ = "studio"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    slug: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    identity: Mapped[str] = mapped_column(Text, unique=True)


class AnimeStudio(Base):
    """A studio made an anime, and is credited in this spelling."""

    __tablename__ = "anime_studio"

    anime_id: Mapped[UUID] = mapped_column(ForeignKey("anime.id", ondelete="CASCADE"), primary_key=True)
    studio_id: Mapped[int] = mapped_column(ForeignKey("studio.id", ondelete="CASCADE"), primary_key=True)
    credited_as: Mapped[str] = mapped_column(Text)


class Genre(Base):
    """A curated genre, theme or demographic."""

    __tablename__ = "genre"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    slug: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = mapped_column(Text)


class AnimeGenre(Base):
    """An anime is of a genre."""

    __tablename__ = "anime_genre"

    anime_id: Mapped[UUID] = mapped_column(ForeignKey("anime.id", ondelete="CASCADE"), primary_key=True)
    genre_id: Mapped[int] = mapped_column(ForeignKey("genre.id", ondelete="CASCADE"), primary_key=True)
