"""Entries as pages of the app show them, and as their forms send them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from domain import formats, paths, pictures, scores
from domain.errors import Invalid
from domain.library import fields
from domain.library.dates import written
from domain.library.entry import Entry
from domain.library.shelf import Card

STATUSES = {
    "watching": "Watching",
    "planning": "Planning",
    "completed": "Completed",
    "paused": "Paused",
    "dropped": "Dropped",
    "rewatching": "Rewatching",
}
FORMATS = formats.NAMES
LONGEST_STRIP = 100
LONGEST_NOTES = 2 * fields.LONGEST_NOTES + 1
"""Characters of notes as a form sends them, where each line ends in two; what is too long then is refused."""
Form = MultiDict[str, str]


def title_of(card: Card) -> str:
    return card.title_english or card.title_romaji


def cover_of(anime_id: UUID, card: Card) -> str:
    """The address of its cover."""
    return pictures.cover(str(anime_id), card.slug, title_of(card), card.title_japanese or "", card.cover)


def line(anime_id: UUID, card: Card, entry: Entry | None) -> dict[str, Any]:
    """An anime with what is the fan's own, for a template."""
    return {
        "id": str(anime_id),
        "title": title_of(card),
        "path": paths.anime(card.slug),
        "cover": cover_of(anime_id, card),
        "facts": " · ".join(
            filter(None, [FORMATS[card.format], str(card.year or ""), "airing" if card.airing else ""])
        ),
        "mine": None if entry is None else _mine(entry),
    }


def _next(entry: Entry) -> str:
    """What is written on the button that takes one more episode; nothing where there is none."""
    total = entry.total
    if entry.status == "completed" or (total and entry.progress >= total):
        return ""
    if total == 1:
        return "Watched"
    return "+ Missed episode" if total and entry.furthest >= total else f"+ Episode {entry.furthest + 1}"


def _mine(entry: Entry) -> dict[str, Any]:
    total = entry.total or 0
    return {
        "status": entry.status,
        "status_told": STATUSES[entry.status],
        "progress": entry.progress,
        "total": total,
        "told": f"{entry.progress} of {total}" if total else str(entry.progress),
        "strip": total if 1 < total <= LONGEST_STRIP else 0,
        "furthest": entry.furthest,
        "next": _next(entry),
        "score": "" if entry.score is None else str(scores.nearest(entry.score, current_user.scale)[0]),
        "score_told": scores.shown(entry.score, current_user.scale),
        "started": written(entry.started, entry.started_precision) or "",
        "finished": written(entry.finished, entry.finished_precision) or "",
        "notes": entry.notes,
        "tags": ", ".join(entry.tags),
        "private": entry.private,
        "favourite": entry.favourite,
        "priority": entry.priority,
        "rewatches": entry.rewatches,
        "version": entry.version,
    }


def said(entry: Entry, form: Form) -> dict[str, Any]:
    """What a form says otherwise than the entry: a status that is left alone is not said again. Raises Invalid."""
    typed = as_typed(form)
    now, typed = _mine(entry), typed | {name: number(name, typed[name]) for name in ("progress", "priority")}
    return {name: _value(name, text, entry) for name, text in typed.items() if text != now[name]}


def as_typed(form: Form) -> dict[str, Any]:
    """The fields of the form as the page showed them; what should be a number is text still."""
    texts = {
        name: form.get(name, "")[:LONGEST_NOTES].replace("\r\n", "\n").strip()
        for name in ("status", "score", "started", "finished", "notes", "tags", "progress", "priority")
    }
    return texts | {name: name in form for name in ("private", "favourite")}


def _value(name: str, text: Any, entry: Entry) -> Any:
    """As the library takes it."""
    if name == "score":
        return scores.kept(text, current_user.scale, entry.score)
    if name == "tags":
        return [tag.strip() for tag in text.split(",") if tag.strip()]
    return text or None if name in ("started", "finished") else text


def number(name: str, text: str) -> int:
    """A whole number that was typed. Raises Invalid."""
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Invalid(name, "must be a whole number")
    return int(text)


def asked_for() -> list[UUID]:
    """The anime that were ticked. Raises Invalid where none was."""
    try:
        found = [UUID(text) for text in request.form.getlist("anime")]
    except ValueError as error:
        raise Invalid("anime", "is no anime") from error
    if not found:
        raise Invalid("Tick the anime that are to be changed first.")
    return found
