"""The catalogue of hostile texts: every one of them in every field that a page shows, and a twin of plain words."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from tests.site.everything import add_anime, uuid
from tests.site.hostile_texts import TEXTS
from tests.site.published import insert

KINDS = ("genre", "theme", "demographic")
NAMES = "english romaji japanese synonym synopsis source material edition episode native label number cover query aside"
FIELDS = {name: 7 * shift for shift, name in enumerate(NAMES.split(), 1)}


def text(number: int, field: str) -> str:
    """What stands in a field of the anime of this number: another text in each of its fields."""
    return TEXTS[(number + FIELDS[field]) % len(TEXTS)]


def plain(number: int, field: str) -> str:
    return f"Word {field} {number}"


def fill(connection: psycopg.Connection, say: Callable[[int, str], str], name: Callable[[int], str]) -> None:
    """Every text of the corpus in every field that a page shows."""
    for number in range(len(TEXTS)):
        for id, table, slug in ((number + 1, "studio", "s"), (number + 1, "genre", "g"), (number + 1, "platform", "p")):
            more: dict[str, Any] = {"studio": {"identity": f"i{id}"}, "genre": {"kind": KINDS[number % 3]}}.get(
                table, {}
            )
            insert(connection, table, id=id, slug=f"{slug}-{number}", name=name(number), **more)
    for number in range(len(TEXTS)):
        _fill_anime(connection, number, partial(say, number))


def _fill_anime(connection: psycopg.Connection, number: int, say: Callable[[str], str]) -> None:
    anime = add_anime(
        connection, number + 1, f"a-{number}", title_romaji=say("romaji"), title_english=say("english"),
        season="fall", title_japanese=say("japanese"), synonyms=[say("synonym")], synopsis=say("synopsis"),
        synopsis_source=say("source"), source_material=say("material"),
        edition=Jsonb({"kind": "other", "label": say("edition")}), season_year=2026,
        primary_id=uuid(number) if number else None, status="airing", format="tv", popularity=number,
        broadcast_weekday=7, cover=f"/uploads/{say('cover')}", external_ids=Jsonb({"mal": [say("number")]}),
    )  # fmt: skip
    for near in (number, (number - 1) % len(TEXTS)):
        insert(connection, "anime_studio", anime_id=anime, studio_id=near + 1, credited_as="x")
        insert(connection, "anime_genre", anime_id=anime, genre_id=near + 1)
    insert(
        connection, "offer", anime_id=anime, platform_id=number + 1, region="US", kind="free", label=say("label"),
        url=f"https://watch.example/?a=1&b='\"<x>{say('query')}", last_checked="2026-11-01", checked_precision="day",
    )  # fmt: skip
    for kind, named in (("regular", {"title_english": say("episode")}), ("special", {"title_romaji": say("aside")})):
        insert(
            connection, "episode", anime_id=anime, kind=kind, number=1, title_japanese=say("native"),
            airs_at="2026-11-22 12:00+00", airs_precision="minute", **named,
        )  # fmt: skip
