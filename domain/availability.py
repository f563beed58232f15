"""Platforms and their offers: where an anime can be watched, in which region, and how sure we are.

What we know of platforms beforehand (names, default kinds and regions, closing dates) is the literal table
`PLATFORMS` in `domain/catalogue/platforms.py`.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Identity, Text
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base

OFFER_KINDS = ("subscription", "free", "rent", "buy", "unknown")


class Platform(Base):
    """A service; one with `closed_on` is never offered."""

    __tablename__ = "platform"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    slug: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    closed_on: Mapped[date | None]


class Offer(Base):
    """An anime on a platform in a region; `region` is empty where the source names none."""

    __tablename__ = "offer"

    anime_id: Mapped[UUID] = mapped_column(ForeignKey("anime.id", ondelete="CASCADE"), primary_key=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey("platform.id", ondelete="CASCADE"), primary_key=True)
    region: Mapped[str] = mapped_column(
        Text,
        primary_key=True,
        comment="ISO 3166-1 alpha-2; empty where the source names no region",
    )
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    label: Mapped[str | None] = mapped_column(Text)
    first_seen: Mapped[date | None]
    last_checked: Mapped[date | None]
    checked_precision: Mapped[str | None] = mapped_column(Text)
    ended_on: Mapped[date | None]

    def is_open(self, platform: Platform) -> bool:
        """Whether it may be shown as a place to watch."""
        return self.ended_on is None and platform.closed_on is None
