"""A page and a site without a fault, small and written by hand, into which tests put the faults."""

from __future__ import annotations

from functools import partial
from io import BytesIO
from pathlib import Path

from PIL import Image

from tests.seo.page import Around, Page
from tests.seo.survey import Seen, Survey, seen
from tests.site.published import AS_OF, AT, SITE_NAME, SITE_URL

GOOD = (Path(__file__).parent / "good.html").read_text()
PATH = "/anime/space-drifters"
STYLE = b"@font-face { src: url(text.woff2) } body { background: url('/static/paper.png') }"
KNOWN = "(1,And Then There Were None,)\n(2,None-None Gekijou,)"
FILES: dict[str, bytes] = {
    "/static/icon.svg": b"<svg/>",
    "/static/text.woff2": b"x" * 16_000,
    "/static/site.css": STYLE,
    "/static/theme.js": b"document.documentElement.dataset.theme = 'dark'",
    "/static/islands.js": b"import './more.js'",
    "/static/more.js": b"1",
    "/static/cover.avif": b"",
    "/static/cover-2.avif": b"",
    "/static/paper.png": b"",
}


def page(text: str = GOOD, path: str = PATH, kind: str = "anime", files: dict[str, bytes] = FILES) -> Page:
    """A page of the small site."""
    return Page(path, text, kind, Around(SITE_URL, SITE_NAME, files.get, KNOWN))


def shown(path: str, *links: str, noindex: bool = False, **more: str) -> Seen:
    """What is kept of a page that has a title of its own."""
    said = {"kind": "anime", "title": f"Title of {path}", "description": f"On {path}", "canonical": SITE_URL + path}
    return Seen(**(said | more), status=200, noindex=noindex, links=links, files=())


def site(**pages: Seen) -> Survey:
    """Home, a shelf, a good anime page, one with noindex and two more; `pages` replace those of the same name."""
    known = {
        "home": shown("/", "/browse"),
        "browse": shown("/browse", "/", PATH, "/anime/thin"),
        "anime": seen(page(), 200),
        "thin": shown("/anime/thin", "/browse", noindex=True),
        "crew": shown("/anime/moon-crew", "/"),
        "gravity": shown("/anime/null-gravity", "/"),
    } | pages
    by_path = {one.canonical.removeprefix(SITE_URL): one for one in known.values()}
    files = FILES | {
        "/sitemap.xml": _xml("sitemapindex", "/sitemaps/1.xml"),
        "/sitemaps/1.xml": _xml("urlset", *(path for path, one in by_path.items() if not one.noindex)),
        "/robots.txt": f"User-agent: *\nAllow: /\nDisallow: /api/\n\nSitemap: {SITE_URL}/sitemap.xml\n".encode(),
    }
    statuses = dict.fromkeys([*by_path, *files], 200)
    thin = {"anime": frozenset({"/anime/thin"})}
    return Survey(SITE_URL, AT, by_path, statuses, files.get, partial(_answer, statuses), thin)


def _answer(statuses: dict[str, int], path: str) -> int:
    """What is drawn later has a generic picture meanwhile."""
    return statuses.get(path, 200 if path.startswith("/share/") else 404)


def picture(width: int, height: int) -> bytes:
    file = BytesIO()
    Image.new("L", (width, height)).save(file, "PNG")
    return file.getvalue()


def _xml(root: str, *paths: str) -> bytes:
    inside = "".join(f"<e><loc>{SITE_URL}{path}</loc><lastmod>{AS_OF}T06:00:00Z</lastmod></e>" for path in paths)
    return f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inside}</{root}>'.encode()
