"""Copies of the release, so that there is a catalogue of any size: other titles, other ids, the same shape."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import orjson

APART = 100_000_000
"""Between the ids of a copy and those of the next."""


def copied(release: Path, number: int, folder: Path) -> Path:
    """The release once more in this folder, its titles and ids numbered."""
    target = folder / f"copy-{number}.jsonl"
    with gzip.open(release, "rb") as source, target.open("wb") as file:
        file.write(next(source))  # says what the file is
        file.writelines(orjson.dumps(_other(orjson.loads(line), number)) + b"\n" for line in source)
    return target


def _other(anime: dict[str, Any], number: int) -> dict[str, Any]:
    linked = {name: [_moved(url, number) for url in anime.get(name, [])] for name in ("sources", "relatedAnime")}
    return anime | linked | {"title": f"{anime['title']} ({number})", "synonyms": []}


def _moved(url: str, number: int) -> str:
    """The address of another anime: ids are numbers or names at its end."""
    head, id = re.fullmatch(r"(.*?)(\d*)", url).groups()  # type: ignore[union-attr]
    return f"{head}{int(id) + number * APART}" if id else f"{url}-{number}"
