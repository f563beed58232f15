"""The control by which a visitor tracks an anime."""

from __future__ import annotations

from typing import Any

from domain import paths
from sitegen.reads.batch import Row


def control(anime: Row, path: str) -> dict[str, Any]:
    """Which anime it is, how many episodes it has (0: not known), and where to join; from there on to `path`."""
    id = anime["id"]
    return {"id": id, "episodes": anime["episode_count"] or 0, "join": paths.join(id, path)}
