"""What search engines read: titles, descriptions and structured data, made from the same facts as the page."""

from __future__ import annotations

from functools import cache
from typing import Any

import orjson

from domain import pictures
from sitegen.page import Site
from sitegen.reads.batch import Row

TITLE, DESCRIPTION = 65, 165
WORTH_INDEXING = 3
"""A studio or a genre of fewer titles says nothing that its titles do not say."""


def clip(text: str, limit: int) -> str:
    """At most `limit` characters on one line, cut between words and closed with an ellipsis."""
    start = " ".join(text[: limit + limit // 8].split())
    if len(start) <= limit < len(text):  # it is full of blanks
        start = " ".join(text[: limit * 4].split())
    return start if len(start) <= limit else start[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,.;:–-") + "…"


def squeeze(text: str, limit: int) -> str:
    """At most `limit` characters on one line, beginning and end kept: titles of one series differ at the end."""
    if len(text) <= limit:
        return text
    text = " ".join(text.split())
    end = text[-(limit // 3) :]
    end = end.partition(" ")[2] or end
    return f"{clip(text, limit - len(end) - 1)} {end}"


def title(name: str, note: str, what: str = "") -> str:
    """`Name (note): what`, without what there is no room for."""
    whole = f"{name}{note}{what}"
    return whole if len(whole) <= TITLE else squeeze(name, TITLE - len(note)) + note


def head(
    path: str,
    title: str,
    description: str,
    trail: list[tuple[str, str]],
    *,
    indexable: bool = True,
    json_ld: dict[str, Any] | None = None,
    image: tuple[str, str] = (pictures.SITE_SHARE, ""),
    og_type: str = "website",
) -> dict[str, Any]:
    """The document's part for <head>; `trail` are (name, path) from below home down to the page itself.

    `image` is what is shown where the page is shared, (path, what it says in words). Structured data is written out
    here, as text that may stand inside a <script> element.
    """
    data = [breadcrumbs(trail)] if trail else []
    data += [{"@context": "https://schema.org", **json_ld}] if json_ld else []
    return {
        "path": path,
        "title": clip(title, TITLE),
        "description": clip(description, DESCRIPTION),
        "trail": trail[:-1],
        "here": trail[-1][0] if trail else "",
        "indexable": indexable,
        "json_ld": [script_text(item) for item in data],
        "image": image[0],
        "image_alt": image[1],
        "og_type": og_type,
    }


def script_text(value: Any) -> str:
    """JSON in which nothing can end a <script> element."""
    text = orjson.dumps(value).decode()
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def placed(text: str, site: Site) -> str:
    """Structured data of a document, completed by the address and the name of the site.

    A document is the same wherever the site stands, so it has paths under `url`, `item` and `image`, and an empty name
    for the site. What is looked for holds bare quotes, which text inside of JSON cannot.
    """
    for open_place, filled in _places(site):
        text = text.replace(open_place, filled)
    return text


@cache
def _places(site: Site) -> list[tuple[str, str]]:
    url, name = script_text(site.url)[1:-1], script_text(site.name)[1:-1]
    places = [(f'"{field}":"/', f'"{field}":"{url}/') for field in ("item", "url", "image")]
    return [('"name":""', f'"name":"{name}"'), *places]


def item_list(cards: list[Row]) -> dict[str, Any]:
    """A list of titles in the order in which the page shows them."""
    items = [
        {"@type": "ListItem", "position": at, "name": card["title"], "url": card["path"]}
        for at, card in enumerate(cards, 1)
    ]
    return {"@type": "ItemList", "itemListElement": items}


def breadcrumbs(trail: list[tuple[str, str]]) -> dict[str, Any]:
    """A BreadcrumbList from home to the page."""
    items = [
        {"@type": "ListItem", "position": at, "name": name, "item": path}
        for at, (name, path) in enumerate([("", "/"), *trail], 1)
    ]
    return {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items}
