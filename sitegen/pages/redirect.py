"""What stands at an address that something had and has no more: a way to the new one, or word that it is gone.

The subject is `room/slug` for the main page of an anime, studio or genre; where-to-watch moves with its anime.
"""

from __future__ import annotations

from collections.abc import Iterable

import psycopg

from domain import paths
from sitegen.page import Document, PageType
from sitegen.reader import Reader

_PATHS = {"anime": paths.anime, "studio": paths.studio, "genre": paths.genre}


def load(read: Reader, subject: str) -> Document | None:
    room, _, slug = subject.partition("/")
    known, now = read.moved_to(room, slug)
    return _stub(_PATHS[room](slug), _PATHS[room](now) if now else None) if known else None


def load_watch(read: Reader, subject: str) -> Document | None:
    room, _, slug = subject.partition("/")
    known, now = read.moved_to(room, slug)
    if not known or room != "anime":
        return None
    # an anime without offers has no such page; its own page is the next best answer
    target = (paths.where_to_watch(now) if read.watchable(subject) else paths.anime(now)) if now else None
    return _stub(paths.where_to_watch(slug), target)


def _stub(path: str, target: str | None) -> Document:
    content = {"target": target or ""}
    return Document(path, content, indexable=False, status=301 if target else 410, location=target)


def every(connection: psycopg.Connection) -> Iterable[str]:
    return [subject for (subject,) in connection.execute("SELECT room || '/' || slug FROM slug_history")]


page = PageType("redirect", load, every, "site/redirect.html", named_by=("slug:{}",))
watch_page = PageType("redirect_watch", load_watch, every, "site/redirect.html", named_by=("slug:{}",))
