"""What a page is: its type, the document that its template may know, and the artifact that goes to the bucket."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

    from sitegen.reader import Reader

HTML = "text/html; charset=utf-8"
XML = "application/xml; charset=utf-8"
TEXT = "text/plain; charset=utf-8"

FRESH = "public, max-age=60, stale-while-revalidate=600, stale-if-error=86400"
LASTING = "public, max-age=31536000, immutable"
"""How long caches keep what stands at an address that says what is there, or that names its content."""

ASSETS, PAGES, SITEMAPS, SITEMAP_INDEX, PICTURES = range(5)
"""The phases of a build, in order: a page comes after what it loads, and before what only others show of it."""
TOGETHER = frozenset((PAGES, PICTURES))
"""The phases that several processes share; the others are small."""


@dataclass(frozen=True, slots=True)
class Site:
    """What every page may know of the site itself."""

    url: str
    name: str
    region: str
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """Everything that a page says, as plain data: same document and recipe, same bytes.

    `content` is what the template may know. From `expires_on` on the page may say something else. A `content_type` is
    named where pages of one kind differ in it.
    """

    path: str
    content: dict[str, Any]
    expires_on: date | None = None
    indexable: bool = True
    status: int = 200
    location: str | None = None
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Artifact:
    """What stands in the bucket: bytes, and what is sent along."""

    path: str
    body: bytes
    content_type: str
    status: int = 200
    location: str | None = None
    cache_control: str = FRESH


@dataclass(frozen=True)
class PageType:
    """One kind of page.

    `load` makes the document of one subject, or None where the page should not exist. `every` lists all
    subjects. `named_by` are the tags whose touch may call such a page into being; `{}` is where the subject
    stands (two of them are joined by a slash), and `endings` make several subjects of one. Kinds of a later
    `phase` are built after those they read from. `draw` makes the bytes where no template does, `files` are what it
    reads. What is `lasting` stands at an address that names its content.
    """

    kind: str
    load: Callable[[Reader, str], Document | None]
    every: Callable[[psycopg.Connection], Iterable[str]]
    template: str = ""
    named_by: tuple[str, ...] = ()
    endings: tuple[str, ...] = ("",)
    content_type: str = HTML
    batch: int = 100
    phase: int = PAGES
    draw: Callable[[dict[str, Any], Site], bytes] | None = None
    files: tuple[str, ...] = ()
    lasting: bool = False

    def key(self, subject: str) -> str:
        return f"{self.kind}/{subject}"


def subject_of(key: str) -> str:
    """The subject in a page key: `season/fall-2026` → `fall-2026`."""
    return key.partition("/")[2]


def only(connection: psycopg.Connection) -> Iterable[str]:
    """The one subject of a kind that has a single page."""
    return [""]
