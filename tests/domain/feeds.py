"""Records of every feed for tests, and one short way to import them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psycopg

from domain.catalogue.report import Report
from jobs.catalogue import import_files

TABLES = (
    "anime",
    "studio",
    "anime_studio",
    "genre",
    "anime_genre",
    "platform",
    "episode",
    "offer",
    "relation",
    "feed_record",
)

Record = dict[str, Any]


def release(mal: int, title: str = "", sources: Iterable[str] | None = None, **changes: Any) -> Record:
    """An entry of a release."""
    record: Record = {
        "sources": [f"https://myanimelist.net/anime/{mal}", *(sources or ())],
        "title": title or f"Title {mal}",
        "type": "TV",
        "episodes": 12,
        "status": "FINISHED",
        "animeSeason": {"season": "SPRING", "year": 2020},
        "picture": "https://cdn.example/p.jpg",
        "thumbnail": "https://cdn.example/t.jpg",
        "synonyms": [],
        "studios": [],
        "producers": [],
        "relatedAnime": [],
        "tags": [],
    }
    return {**record, **changes}


def extra(mal: int, **changes: Any) -> Record:
    """A record of the extra facts."""
    return {
        "source": f"https://myanimelist.net/anime/{mal}",
        "mal_id": mal,
        "format_raw": "TV",
        **changes,
    }


def episodes(mal: int, *rows: Record) -> Record:
    return {"mal_id": mal, "anilist_id": None, "episodes": list(rows)}


def offer(mal: int | None, site: str = "Crunchyroll", **changes: Any) -> Record:
    """A row of the streaming file."""
    record = {
        "mal_id": mal,
        "site": site,
        "url": f"https://watch.example/{mal}",
        "source": "test",
        "as_of": "2026",
    }
    return {**record, **changes}


def adult(mal: int) -> Record:
    return {"mal_id": mal, "anilist_id": None, "type": "OVA", "year": 1999}


def write(path: Path, records: Iterable[Record | str]) -> Path:
    """A file of JSON lines; a record that is a string stands there as it is."""
    lines = (record if isinstance(record, str) else json.dumps(record, ensure_ascii=False) for record in records)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", errors="surrogatepass")
    return path


class Feeds:
    """Imports records into one database, a file per call of a feed."""

    def __init__(self, connection: psycopg.Connection, directory: Path) -> None:
        self.connection, self.directory, self.files = connection, directory, 0

    def file(self, *records: Record | str) -> Path:
        self.files += 1
        return write(self.directory / f"{self.files}.jsonl", records)

    def bring(self, *groups: Iterable[Record | str], strict: bool = False) -> Report:
        """Import each group of records as a file of its own, all in one command."""
        return import_files(self.connection, [self.file(*group) for group in groups], strict=strict)

    def rows(self, question: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.connection.execute(question, values).fetchall()

    def value(self, question: str, *values: Any) -> Any:
        (row,) = self.rows(question, *values)
        return row[0]

    def anime(self, mal: int, columns: str) -> Any:
        """Columns of the anime that has this MyAnimeList id; one column comes as its value."""
        found = self.rows(f"SELECT {columns} FROM anime WHERE external_ids->'mal' ? %s", str(mal))
        assert len(found) == 1, f"{len(found)} anime with mal:{mal}"
        return found[0][0] if len(found[0]) == 1 else found[0]


def versions(connection: psycopg.Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Where every row of the catalogue lies and which transaction wrote it: equal before and after, nothing changed."""
    return {
        table: connection.execute(f"SELECT xmin::text, ctid::text FROM {table} ORDER BY ctid").fetchall()
        for table in TABLES
    }


def contents(connection: psycopg.Connection, *without: str) -> dict[str, list[str]]:
    """Every row as text, without what differs from machine to machine (times, numbers of rows)."""
    found: dict[str, list[str]] = {}
    names = {"studio_id": "studio", "genre_id": "genre", "platform_id": "platform"}
    for table in TABLES:
        joins = "".join(f" LEFT JOIN {of} ON {of}.id = t.{key}" for key, of in names.items() if table in _having(key))
        shown = "".join(
            f" || jsonb_build_object('{of}', {of}.name)" for key, of in names.items() if table in _having(key)
        )
        dropped = [
            "created_at",
            "updated_at",
            *names,
            *without,
            *(["id"] if table in names.values() else []),
        ]
        question = f"SELECT ((to_jsonb(t) - %s::text[]){shown})::text FROM {table} t{joins} ORDER BY 1"
        found[table] = [row[0] for row in connection.execute(question, (dropped,))]
    return found


def _having(key: str) -> tuple[str, ...]:
    return {
        "studio_id": ("anime_studio",),
        "genre_id": ("anime_genre",),
        "platform_id": ("offer",),
    }[key]
