"""The filters of the library page: from the address to a question, and back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import request

from domain.library.rows import STATUSES
from domain.library.shelf import Cursor, Query
from dynamic.entries import FORMATS

SORTS = {
    "updated": "Last changed", "title": "Title", "score": "Score", "progress": "Progress", "year": "Year",
    "added": "Added", "priority": "Priority", "started": "Started", "finished": "Finished",
}  # fmt: skip
VIEWS = {"grid": "Covers", "list": "Lines"}
AIRING = {"": "Any", "1": "Airing now", "0": "Not airing"}
DEFAULTS = {"sort": "updated", "view": "grid"}
KNOWN = ("status", "q", "sort", "view", "format", "year", "tag", "airing", "from", "to", "favourite")
FOLDED = ("format", "year", "tag", "airing", "from", "to", "favourite")
"""Those that stand behind `Filters`."""


def chosen() -> dict[str, str]:
    """What the address says; what nobody could have chosen is left out, so that an old link still shows something."""
    given = {name: request.args.get(name, "").replace("\x00", "").strip()[:100] for name in KNOWN}
    whole = {"year": (1900, 2100), "from": (0, 100), "to": (0, 100)}
    tables: dict[str, Any] = {"status": STATUSES, "format": FORMATS, "sort": SORTS, "view": VIEWS, "airing": AIRING}
    for name, (least, most) in whole.items():
        text = given[name]
        given[name] = text if text.isascii() and text.isdigit() and least <= int(text) <= most else ""
    for name, table in tables.items():
        given[name] = given[name] if given[name] in table else ""
    return {name: value or DEFAULTS.get(name, "") for name, value in given.items()}


def query(chosen: dict[str, str]) -> Query:
    """As the library is asked."""
    return Query(
        status=chosen["status"] or None,
        words=chosen["q"],
        format=chosen["format"] or None,
        year=_whole(chosen["year"]),
        tags=(chosen["tag"],) if chosen["tag"] else (),
        airing={"1": True, "0": False}.get(chosen["airing"]),
        score_min=_whole(chosen["from"]),
        score_max=_whole(chosen["to"]),
        favourite=True if chosen["favourite"] else None,
        sort=chosen["sort"],
    )


def path(chosen: dict[str, str], after: Cursor | None = None, **others: str) -> str:
    """The address of the page with these filters, some of them otherwise."""
    said = {name: value for name, value in (chosen | others).items() if value and value != DEFAULTS.get(name)}
    said |= {"after": str(after)} if after else {}
    return f"/library?{urlencode(said)}" if said else "/library"


def _whole(text: str) -> int | None:
    return int(text) if text else None
