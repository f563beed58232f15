"""What an entry is made of as its page shows it, part by part: viewings, rounds and history, the newest first."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from flask import g, request
from flask_login import current_user

from domain.library import changes, viewings
from domain.library.dates import When, shown, written
from domain.library.rows import Play
from domain.library.viewings import Round
from dynamic.paging import before, cut
from ports import clock

KINDS = {"regular": "Episode", "special": "Special"}
_NUMBER = re.compile(r"[0-9]{1,15}")
PER_PART = {"viewings": 20, "rounds": 20, "history": 50}
"""Lines of each part that a page shows; where a part goes on, its name stands in the address."""


def parts(anime_id: UUID) -> dict[str, Any]:
    """Those of an anime that is tracked."""
    return {"viewings": _viewings(anime_id), "rounds": _rounds(anime_id)}


def history(anime_id: UUID) -> dict[str, Any]:
    """What was done to it, also before it was removed."""
    limit = PER_PART["history"]
    found = changes.history(g.connection, current_user.id, anime_id, limit + 1, _before("history"))
    return _part("history", *cut(found, limit, lambda change: change.id))


def address(anime_id: UUID) -> str:
    """Of the page as it is shown: the parts of it that go on, and the episode that is looked for."""
    said = {name: request.args.get(name, "") for name in (*PER_PART, "episode")}
    query = "&".join(f"{name}={text}" for name, text in said.items() if _NUMBER.fullmatch(text))
    return f"/library/{anime_id}" + (f"?{query}" if query else "")


def round_of(anime_id: UUID, number: int) -> dict[str, Any]:
    """The dates of a round as they are shown; those of a round that there is not are empty."""
    found = viewings.rounds(g.connection, current_user.id, anime_id, clock.now())
    return next((_dates(one) for one in found.rounds if one.number == number), {})


def _viewings(anime_id: UUID) -> dict[str, Any]:
    limit, text = PER_PART["viewings"], request.args.get("episode", "").strip()
    episode = int(text) if _NUMBER.fullmatch(text) and len(text) < 7 else None
    found = viewings.viewings(g.connection, current_user.id, anime_id, limit + 1, _before("viewings"), episode)
    plays, following = cut(found.plays, limit, lambda play: play.id)
    only = "" if episode is None else str(episode)
    part = _part("viewings", [_viewing(play) for play in plays], following, f"&episode={only}" if only else "")
    return part | {"episode": only, "zone": current_user.time_zone}


def _viewing(play: Play) -> dict[str, Any]:
    told = f"{KINDS[play.kind]} {play.number}"
    when = shown(When(play.watched_at, play.watched_on, play.precision), current_user.time_zone)
    again = f"Rewatch {play.cycle}" if play.cycle else ""
    return {"id": play.id, "told": told, "again": again, "when": when, "source": play.source}


def _rounds(anime_id: UUID) -> dict[str, Any]:
    limit, below = PER_PART["rounds"], _before("rounds")
    found = viewings.rounds(g.connection, current_user.id, anime_id, clock.now())
    asked = [one for one in found.rounds if one.number < below]
    rounds, following = cut(asked, limit, lambda one: one.number)
    part = _part("rounds", [_round(one, found.total) for one in rounds], following)
    return part | {"any": len(found.rounds) > 1}


def _round(one: Round, total: int | None) -> dict[str, Any]:
    told = f"Rewatch {one.number}" if one.number else "First time"
    seen = f"{one.episodes} of {total} episodes" if total else f"{one.episodes} episode{'s'[: one.episodes != 1]}"
    known = "watched to the end" if one.completed and not one.episodes else seen
    return {"number": one.number, "told": told, "known": known, **_dates(one), "days": _days(_dates(one))}


def _dates(one: Round) -> dict[str, str]:
    dates = one.dates
    return {
        "started": written(dates.started, dates.started_precision) or "",
        "finished": written(dates.finished, dates.finished_precision) or "",
    }


def _days(dates: dict[str, str]) -> str:
    """`2012-01 to 2012-03`, `since 2012-01`, `until 2012`, or that nobody knows."""
    begun, ended = dates["started"], dates["finished"]
    if begun and ended:
        return begun if begun == ended else f"{begun} to {ended}"
    return f"since {begun}" if begun else f"until {ended}" if ended else "dates not known"


def _before(part: str) -> int:
    return before(request.args.get(part, ""))


def _part(name: str, lines: Any, following: str | None, also: str = "") -> dict[str, Any]:
    more = f"?{name}={following}{also}#{name}" if following else ""
    return {"lines": lines, "more": more, "later": name in request.args}
