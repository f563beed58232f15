"""/static/… — assets: the subject is the name of a file in `templates/static`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg

from sitegen import assets
from sitegen.page import ASSETS, Document, PageType, Site
from sitegen.reader import Reader


def load(read: Reader, name: str) -> Document | None:
    if name not in assets.ASSETS:
        return None
    path = assets.ASSETS[name]
    content_type = assets.TYPES[name.rpartition(".")[2]]
    return Document(path, {"name": name}, indexable=False, content_type=content_type)


def draw(content: dict[str, Any], site: Site) -> bytes:
    return assets.body(content["name"])


def every(connection: psycopg.Connection) -> Iterable[str]:
    return assets.ASSETS


page = PageType("asset", load, every, phase=ASSETS, draw=draw, files=("templates/static/*",), lasting=True)
