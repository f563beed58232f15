"""The documents of pages that have a template as JSON, and how many pages we make of them: the peers must equal it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any

import orjson
import psycopg

from domain.lease import Due
from ports.database import connect, snapshot
from sitegen import seo
from sitegen.build import Builder
from sitegen.page import Document, PageType, Site, subject_of
from sitegen.site import PAGE_TYPES

BATCH = 200
ENDINGS = (".xml", ".txt", ".atom", ".webmanifest")
_PUBLISHED = "SELECT key FROM page WHERE kind = %s AND artifact_hash IS NOT NULL ORDER BY key"


@dataclass(frozen=True)
class Exported:
    """The folder with a `TEMPLATE.json` for each template, and how many pages and bytes ours are."""

    folder: Path
    site: Site
    pages: int
    bytes: int


def export(database_url: str, site: Site, as_of: date, folder: Path) -> Exported:
    """Write the documents of all pages that the manifest calls published; needs a finished build."""
    folder.mkdir(parents=True, exist_ok=True)
    builder, pages, size = Builder(site), 0, 0
    files: dict[str, IO[bytes]] = {}
    with ExitStack() as stack, closing(connect(database_url)) as connection:
        for kind, document in _documents(connection, builder, as_of):
            name = Path(kind.template).stem
            if name not in files:
                files[name] = stack.enter_context((folder / f"{name}.json").open("wb"))
            files[name].write((b",\n" if files[name].tell() else b"[") + _line(document, site))
            pages, size = pages + 1, size + len(builder.render(kind, document).body)
        for file in files.values():
            file.write(b"]")
    return Exported(folder, site, pages, size)


def _documents(connection: psycopg.Connection, builder: Builder, as_of: date) -> Iterator[tuple[PageType, Document]]:
    for kind in (kind for kind in PAGE_TYPES if kind.template):
        rows = connection.execute(_PUBLISHED, [kind.kind]).fetchall()
        for start in range(0, len(rows), BATCH):
            due = [Due(key, 0, 1, None, None, None, None, None) for (key,) in rows[start : start + BATCH]]
            with snapshot(connection):
                read = builder.reader(connection, due, as_of)
                for page in due:
                    document = kind.load(read, subject_of(page.key))
                    if document is not None:
                        yield kind, document


def _line(document: Document, site: Site) -> bytes:
    page = {**document.content, "head": _head(document, site)} if "head" in document.content else document.content
    return orjson.dumps({"url": file_of(document.path), "page": page})


def _head(document: Document, site: Site) -> dict[str, Any]:
    """The head with its structured data as it stands on the page: the peers need not know how we place it."""
    head = document.content["head"]
    return {**head, "json_ld": [seo.placed(text, site) for text in head["json_ld"]]}


def file_of(path: str) -> str:
    """The file of a page for generators that want one with an ending."""
    return path if Path(path).suffix in ENDINGS else f"{path.rstrip('/') or '/index'}.html"
