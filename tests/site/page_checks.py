"""What must hold of any page of the site, whatever it says: plain functions over a parsed page, faults as sentences."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from lxml import html  # type: ignore[import-untyped]
from lxml.html import HtmlElement  # type: ignore[import-untyped]

from tests.site.markup import unbalanced

LOADING = {
    "script": "src", "img": "src", "iframe": "src", "embed": "src", "object": "data", "source": "src", "track": "src",
    "audio": "src", "video": "src", "input": "src", "form": "action",
    "link": "href",
}  # fmt: skip
PLAIN_LINKS = frozenset({"canonical", "alternate", "license", "author", "help", "next", "prev"})
"""What <link> may name without the browser fetching it."""
LEAKS = re.compile(r"\bNone\b|\bnull\b|\bnan\b|\bundefined\b|\{\{|\}\}|\{%|%\}|&amp;(?:lt|gt|amp|quot|#\d+);|Undefined")
LONGEST_TITLE, LONGEST_DESCRIPTION = 65, 165


@dataclass(frozen=True)
class Page:
    """One page of the bucket at its path."""

    path: str
    text: str

    @cached_property
    def root(self) -> HtmlElement:
        return html.document_fromstring(self.text)

    @cached_property
    def elements(self) -> dict[str, list[HtmlElement]]:
        """Every element by its name, in the order of the page; comments are of the name `comment`."""
        found: dict[str, list[HtmlElement]] = {}
        for element in self.root.iter():
            found.setdefault(element.tag if isinstance(element.tag, str) else "comment", []).append(element)
        return found

    def all(self, *tags: str) -> list[HtmlElement]:
        return [element for tag in tags or self.elements for element in self.elements.get(tag, [])]

    def words(self, tag: str) -> list[str]:
        """The text of each such element, on one line."""
        return [" ".join(element.text_content().split()) for element in self.all(tag)]

    def link(self, rel: str) -> list[str]:
        return [link.get("href", "") for link in self.all("link") if link.get("rel") == rel]

    def meta(self, name: str) -> list[str]:
        found = [meta for meta in self.all("meta") if name in (meta.get("name"), meta.get("property"))]
        return [meta.get("content", "") for meta in found]

    @cached_property
    def title(self) -> str:
        return " ".join(self.words("title"))

    @cached_property
    def description(self) -> str:
        return " ".join(self.meta("description"))

    @cached_property
    def noindex(self) -> bool:
        return any("noindex" in content for content in self.meta("robots"))

    @cached_property
    def hrefs(self) -> list[str]:
        return [link.get("href", "") for link in self.all("a")]

    @cached_property
    def json_ld(self) -> list[dict[str, Any]]:
        scripts = [script for script in self.all("script") if script.get("type") == "application/ld+json"]
        return [json.loads(script.text or "") for script in scripts]

    def addresses(self, site_url: str) -> set[str]:
        """Every path of this site that the page names: by a link, as canonical, or in its structured data."""
        named = [*self.hrefs, *self.link("canonical"), *self.meta("og:url"), *_urls(self.json_ld)]
        inside = {address.removeprefix(site_url) or "/" for address in named}
        return {address.partition("#")[0] or self.path for address in inside if address.startswith(("/", "#"))}


def faults(page: Page, site_url: str, site_name: str) -> list[str]:
    """Everything that is wrong with a page of the site; empty for a good one."""
    return [*_head(page, site_url, site_name), *_outline(page), *_strict(page), *_links(page), *_data(page)]


def _head(page: Page, site_url: str, site_name: str) -> Iterator[str]:
    address = site_url + page.path
    if page.root.get("lang") != "en":
        yield f"<html lang> is {page.root.get('lang')!r}"
    if page.link("canonical") != [address] or page.meta("og:url") != [address]:
        yield f"canonical and og:url are {page.link('canonical')} and {page.meta('og:url')}"
    if not 0 < len(page.title.removesuffix(f" · {site_name}")) <= LONGEST_TITLE or len(page.words("title")) != 1:
        yield f"the title is {page.title!r}"
    if not 0 < len(page.description) <= LONGEST_DESCRIPTION or len(page.meta("description")) != 1:
        yield f"the description is {page.description!r}"
    if page.meta("viewport") != ["width=device-width, initial-scale=1"]:
        yield "no zoomable viewport"


def _outline(page: Page) -> Iterator[str]:
    if len(page.all("h1")) != 1:
        yield f"{len(page.all('h1'))} h1"
    levels = [int(element.tag[1]) for element in page.root.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    yield from (f"h{one} jumps to h{two}" for one, two in pairwise(levels) if two > one + 1)
    for tag in ("h1", "h2", "h3", "a", "li", "th", "dt", "dd", "p", "time", "section", "main"):
        empty = [element for element in page.all(tag) if not any(map(str.strip, element.itertext()))]
        if empty:
            yield f"{len(empty)} empty <{tag}>"
    if any(len(element) == 0 for element in page.all("ul", "ol", "dl", "tbody")):
        yield "a list without items"
    ids = Counter(element.get("id") for element in page.all() if element.get("id") is not None)
    yield from (f"{many} elements have the id {name!r}" for name, many in ids.items() if many > 1)
    named = {name for element in page.all() if (name := element.get("aria-labelledby"))}
    yield from (f"aria-labelledby={name!r} leads nowhere" for name in named - set(ids))


def _strict(page: Page) -> Iterator[str]:
    """What the content security policy forbids, and what a browser would load by itself from elsewhere."""
    yield from unbalanced(page.text)
    if page.all("style") or any(
        script.get("type") != "application/ld+json" and not script.get("src") for script in page.all("script")
    ):
        yield "an inline style sheet or script"
    for element in page.all():
        yield from (f"<{element.tag} {name}=…>" for name in element.attrib if name == "style" or name.startswith("on"))
    for element in page.all(*LOADING):
        loaded = element.get(LOADING[element.tag], "") if element.get("rel") not in PLAIN_LINKS else ""
        if element.tag in ("link", "img"):
            loaded = loaded.removeprefix("data:")
        if loaded.startswith("//") or ":" in loaded.partition("/")[0] or element.get("srcset"):
            yield f"<{element.tag}> loads {loaded or element.get('srcset')}"
    visible = page.root.text_content()
    yield from (f"{found[0]!r} leaked" for found in LEAKS.finditer(visible))


def _links(page: Page) -> Iterator[str]:
    for link in page.all("a"):
        href = link.get("href")
        if href is None or not href.startswith(("/", "#", "https://", "http://")) or href.startswith("//"):
            yield f"<a href={href!r}>"
        elif href[0] not in "/#" and not {"nofollow", "noopener"} <= set(link.get("rel", "").split()):
            yield f"{href} without rel=nofollow noopener"


def _data(page: Page) -> Iterator[str]:
    for data in page.json_ld:
        if data.get("@context") != "https://schema.org" or "@type" not in data:
            yield f"structured data without context or type: {str(data)[:80]}"
        items = data.get("itemListElement", [])
        if [item["position"] for item in items] != list(range(1, len(items) + 1)):
            yield f"positions of a {data['@type']} are not 1, 2, 3 …"
        if data["@type"] == "BreadcrumbList" and (len(items) < 2 or any(not item["name"] for item in items)):
            yield "breadcrumbs without a name or a step"
        yield from (f"structured data holds {value!r}" for value in _values(data) if value in (None, "", [], {}))


def _values(data: Any) -> Iterator[Any]:
    inside = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    for value in inside:
        yield value
        yield from _values(value)


def _urls(data: Any) -> Iterator[str]:
    """Addresses in structured data: every `url` and `item`."""
    if isinstance(data, dict):
        yield from (value for name, value in data.items() if name in ("url", "item") and isinstance(value, str))
    yield from (url for value in _values(data) if isinstance(value, dict) for url in _urls_here(value))


def _urls_here(data: dict[str, Any]) -> list[str]:
    return [data[name] for name in ("url", "item") if isinstance(data.get(name), str)]
