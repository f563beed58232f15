"""Every rule over a whole site: a function of the survey that yields (path, what is wrong there)."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from posixpath import dirname, normpath
from re import compile
from urllib.robotparser import RobotFileParser

from lxml import etree  # type: ignore[import-untyped]

from domain.paths import is_dynamic
from tests.seo.picture_rules import share_images
from tests.seo.survey import Breach, Survey

SiteRule = Callable[[Survey], Iterable[Breach]]
INDEX, ROBOTS, HOME = "/sitemap.xml", "/robots.txt", "/"
CLICKS = 4
NOWHERE = ("/anime/no-such-anime-7f3a", "/studio/no-such-studio-7f3a", "/no-such-page-7f3a", "/browse/a-z/7f3a")
GATES = {"anime": "anime", "watch": "offers", "studio": "lists", "genre": "lists"}
"""Kind of page → what makes such pages thin."""
DRAWN_LATER = ("/share/", "/posters/")
"""Pictures that are drawn after the pages."""
NAMED_BY_STYLE = compile(r"""url\(\s*["']?([^"')\s]+)""")
AGENTS = ("*", "Googlebot", "Bingbot")


def titles_are_unique(site: Survey) -> Iterator[Breach]:
    """no two pages have the same title"""
    return _twice({path: page.title for path, page in site.pages.items()})


def descriptions_are_unique(site: Survey) -> Iterator[Breach]:
    """no two pages have the same description"""
    return _twice({path: page.description for path, page in site.pages.items()})


def sitemap(site: Survey) -> Iterator[Breach]:
    """the sitemaps list the canonical address of every page that may be found, once, and nothing else"""
    listed = Counter(location for location, _ in entries(site))
    wanted = {page.canonical: path for path, page in site.indexable().items()}
    yield from ((location, f"listed {many} times") for location, many in listed.items() if many > 1)
    yield from ((location, "listed, and no page that may be found") for location in sorted(listed.keys() - wanted))
    yield from ((wanted[location], "not listed") for location in sorted(wanted.keys() - listed))


def hidden_pages(site: Survey) -> Iterator[Breach]:
    """pages with noindex are not in the sitemaps"""
    listed = {location for location, _ in entries(site)}
    return ((path, "listed") for path, page in site.pages.items() if page.noindex and page.canonical in listed)


def lastmod(site: Survey) -> Iterator[Breach]:
    """every lastmod is a date, and none lies after the build"""
    for location, said in entries(site):
        try:
            moment = datetime.fromisoformat(said)
        except ValueError:
            yield location, f"lastmod {said!r}"
            continue
        if moment.replace(tzinfo=moment.tzinfo or UTC) > site.at:
            yield location, f"lastmod {said} lies in the future"


def links_resolve(site: Survey) -> Iterator[Breach]:
    """every link within the site leads to a page that answers 200, not to a redirect"""
    for path, page in site.pages.items():
        yield from (
            (path, f"{to} is {site.statuses.get(to, 404)}")
            for to in page.links
            if site.statuses.get(to) != 200 and not is_dynamic(to)
        )


def reachable(site: Survey) -> Iterator[Breach]:
    """every page that may be found is at most four clicks away from home"""
    clicks = clicks_from_home(site)
    for path in site.indexable():
        if clicks.get(path, CLICKS + 1) > CLICKS:
            yield path, f"{clicks[path]} clicks away" if path in clicks else "not reached"


def unknown_addresses(site: Survey) -> Iterator[Breach]:
    """an address that leads nowhere answers 404"""
    return ((path, f"answers {status}") for path in NOWHERE if (status := site.ask(path)) != 404)


def short_lists(site: Survey) -> Iterator[Breach]:
    """studios and genres with fewer than three titles have noindex"""
    return _found_though(site, "lists")


def bare_anime(site: Survey) -> Iterator[Breach]:
    """anime without synopsis, episodes, live offers and studio have noindex"""
    return _found_though(site, "anime")


def undated_offers(site: Survey) -> Iterator[Breach]:
    """where-to-watch pages without a live, dated offer have noindex"""
    return _found_though(site, "offers")


def told_pages(site: Survey) -> Iterator[Breach]:
    """anime, offers and lists that say enough may be found"""
    for path, page in site.pages.items():
        if page.noindex and page.kind in GATES and path not in site.thin.get(GATES[page.kind], frozenset()):
            yield path, "has noindex"


def robots_txt(site: Survey) -> Iterator[Breach]:
    """robots.txt names the sitemap and closes no address in it"""
    robots = RobotFileParser()
    robots.parse(site.text(ROBOTS).splitlines())
    if f"{site.url}{INDEX}" not in (robots.site_maps() or []):
        yield ROBOTS, "does not name the sitemap"
    for location, _ in entries(site):
        yield from ((location, f"closed to {agent}") for agent in AGENTS if not robots.can_fetch(agent, location))


def files_exist(site: Survey) -> Iterator[Breach]:
    """every picture, style, script, font and icon that is named exists; share images and posters may come later"""
    named_by: dict[str, str] = {}
    for path, page in site.pages.items():
        for file in page.files:
            named_by.setdefault(file, path)
    for style in [file for file in named_by if file.endswith(".css")]:
        for file in NAMED_BY_STYLE.findall(site.text(style)):
            if not file.startswith(("data:", "#")):
                named_by.setdefault(file if file[0] == "/" else normpath(f"{dirname(style)}/{file}"), style)
    yield from ((path, f"{file} is missing") for file, path in named_by.items() if _missing(site, file))


SITE_RULES: tuple[SiteRule, ...] = (
    titles_are_unique, descriptions_are_unique, sitemap, hidden_pages, lastmod, links_resolve, reachable,
    unknown_addresses, short_lists, bare_anime, undated_offers, told_pages, share_images, robots_txt, files_exist,
)  # fmt: skip


def entries(site: Survey) -> list[tuple[str, str]]:
    """(address, lastmod) of every entry of every sitemap that the index names."""
    shards = [location.removeprefix(site.url) for location, _ in _locations(site.text(INDEX))]
    return [entry for shard in shards for entry in _locations(site.text(shard))]


def clicks_from_home(site: Survey) -> dict[str, int]:
    """How many links lie between home and each page that can be reached."""
    clicks, todo = {HOME: 0}, deque([HOME] if HOME in site.pages else [])
    while todo:
        path = todo.popleft()
        for to in site.pages[path].links:
            if to in site.pages and to not in clicks:
                clicks[to] = clicks[path] + 1
                todo.append(to)
    return clicks


def _locations(text: str) -> list[tuple[str, str]]:
    root = etree.fromstring(text.encode()) if text else ()
    return [(entry.findtext("{*}loc", ""), entry.findtext("{*}lastmod", "")) for entry in root]


def _twice(said: dict[str, str]) -> Iterator[Breach]:
    by_text: dict[str, list[str]] = defaultdict(list)
    for path, text in said.items():
        by_text[text].append(path)
    return ((both[0], f"{text!r} also on {both[1]}") for text, both in by_text.items() if len(both) > 1)


def _found_though(site: Survey, kind: str) -> Iterator[Breach]:
    return ((path, "may be found") for path in sorted(site.thin.get(kind, frozenset()) & site.indexable().keys()))


def _missing(site: Survey, file: str) -> bool:
    return site.statuses.get(file) != 200 and not file.startswith(DRAWN_LATER)
