"""The pictures that stand for an anime: its cover, and the poster of a film."""

from __future__ import annotations

from domain import pictures
from sitegen.parts.titles import title_of
from sitegen.reads.batch import Row


def cover_of(anime: Row) -> str:
    """The path of the picture that stands for an anime."""
    return pictures.cover(anime["id"], anime["slug"], title_of(anime), anime["title_japanese"] or "", anime["cover"])


def poster_of(anime: Row) -> str:
    """The path of the poster of a film."""
    return pictures.poster(anime["id"], anime["slug"], title_of(anime), anime["title_japanese"] or "")
