"""Looking at a whole site once: each page is parsed, judged and let go; what the rules over the site need is kept."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from dynamic.app import create_app
from ports.database import connect
from tests.seo.catalogue import texts_like_leaks, thin_pages
from tests.seo.page import Around, Page
from tests.seo.rules import PAGE_RULES
from tests.site.published import AS_OF, AT, HTML, Published

FILES = frozenset(
    {"stylesheet", "alternate", "preload", "modulepreload", "icon", "apple-touch-icon", "manifest", "mask-icon"}
)
"""Relations of <link> that name a file which the browser fetches."""

Breach = tuple[str, str]
"""The path of a page, and what is wrong there."""


@dataclass(frozen=True)
class Seen:
    """What is kept of one page: `links` are the addresses of this site behind its <a>, `files` what it loads.

    `share` is its share image, `posters` are the pictures of its films; `words` is how many a reader sees.
    """

    kind: str
    status: int
    title: str
    description: str
    canonical: str
    noindex: bool
    links: tuple[str, ...]
    files: tuple[str, ...]
    share: str = ""
    posters: tuple[str, ...] = ()
    words: int = 0


@dataclass(frozen=True)
class Survey:
    """A site as the rules over it see it.

    `found` are the breaches of each page rule. `statuses` are those of every object, `ask` the answer of the running
    application to a path. `thin` are the paths of pages that, by the database, say too little to be found.
    """

    url: str
    at: datetime
    pages: Mapping[str, Seen]
    statuses: Mapping[str, int]
    read: Callable[[str], bytes | None]
    ask: Callable[[str], int]
    thin: Mapping[str, frozenset[str]] = field(default_factory=dict)
    found: Mapping[str, list[Breach]] = field(default_factory=dict)

    def indexable(self) -> dict[str, Seen]:
        return {path: page for path, page in self.pages.items() if page.status == 200 and not page.noindex}

    def text(self, path: str) -> str:
        return (self.read(path) or b"").decode()


def survey(site: Published) -> Survey:
    """Judge every page of a built site by every page rule; redirect stubs are not pages."""
    read = partial(_body, site)
    with connect(site.settings.database_url) as connection:
        thin, known = thin_pages(connection, AS_OF), texts_like_leaks(connection)
    around = Around(site.settings.site_url, site.settings.site_name, read, known)
    found: dict[str, list[Breach]] = {rule.__name__: [] for rule in PAGE_RULES}
    pages = {}
    for page, status in _pages(site, around):
        for rule in PAGE_RULES:
            found[rule.__name__] += ((page.path, what) for what in rule(page))
        pages[page.path] = seen(page, status)
    statuses = {path: stored.head.status for path, stored in site.objects.items()}
    client = create_app(site.settings).test_client()
    return Survey(around.url, AT, pages, statuses, read, lambda path: client.get(path).status_code, thin, found)


def seen(page: Page, status: int) -> Seen:
    """What the rules over the site need of a page."""
    inside = [(href, page.own(href)) for href in page.hrefs]
    links = (path for href, path in inside if path is not None and not href.startswith("#"))
    return Seen(
        page.kind, status, page.title, page.description, " ".join(page.link("canonical")), page.noindex,
        tuple(map(sys.intern, dict.fromkeys(links))), tuple(map(sys.intern, dict.fromkeys(_files(page)))),
        "".join(_own(page, page.meta("og:image"))), tuple(_own(page, _posters(page))), len(page.visible.split()),
    )  # fmt: skip


def _pages(site: Published, around: Around) -> Iterator[tuple[Page, int]]:
    with connect(site.settings.database_url) as connection:
        rows = connection.execute("SELECT path, kind FROM page WHERE path IS NOT NULL")
        kinds: dict[str, str] = {path: kind for path, kind in rows}
    for path, stored in sorted(site.objects.items()):
        if stored.head.content_type == HTML and stored.head.status in (200, 404):
            yield Page(path, stored.body.decode(), kinds[path], around), stored.head.status


def _body(site: Published, path: str) -> bytes | None:
    found = site.objects.get(path)
    return None if found is None else found.body


def _files(page: Page) -> Iterable[str]:
    """The paths of this site from which a page loads something, or has others load it."""
    named = [image.get("src", "") for image in page.all("img", "script", "source", "video")]
    sets = [image.get("srcset", "") for image in page.all("img", "source")] + [
        link.get("imagesrcset", "") for link in page.all("link")
    ]
    named += [one.split()[0] for value in sets for one in value.split(",") if one.strip()]
    named += [link.get("href", "") for link in page.all("link") if FILES & set(link.get("rel", "").split())]
    named += page.meta("og:image")
    return _own(page, named)


def _posters(page: Page) -> list[str]:
    return [str(data["image"]) for data in page.structured if data.get("@type") == "Movie" and data.get("image")]


def _own(page: Page, named: Iterable[str]) -> list[str]:
    """The paths of those addresses that are of this site."""
    return [path for address in named if address and (path := page.own(address)) is not None]
