"""What search engines read: titles, descriptions and structured data, made from the same facts as the page."""

from __future__ import annotations

from typing import Any

from sitegen.reads.batch import Row

TITLE, DESCRIPTION = 65, 165


def clip(text: str, limit: int) -> str:
    """At most `limit` characters on one line, cut between words and closed with an ellipsis."""
    text = " ".join(text[: limit * 4].split())
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,.;:–-") + "…"


def squeeze(text: str, limit: int) -> str:
    """At most `limit` characters on one line, beginning and end kept: titles of one series differ at the end."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
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
    json_ld: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """The document's part for <head>; `trail` are (name, path) from below home down to the page itself."""
    return {
        "path": path,
        "title": clip(title, TITLE),
        "description": clip(description, DESCRIPTION),
        "trail": [list(step) for step in trail],
        "indexable": indexable,
        "json_ld": json_ld or [],
    }


def item_list(cards: list[Row]) -> dict[str, Any]:
    """A list of titles in the order in which the page shows them; addresses are completed by the template."""
    items = [{"@type": "ListItem", "position": at, "name": card["title"], "path": card["path"]} for at, card in enumerate(cards, 1)]
    return {"@type": "ItemList", "itemListElement": items}


def complete(data: dict[str, Any], site_url: str) -> dict[str, Any]:
    """Structured data with absolute addresses: every `path` becomes the `url` of it."""
    done: dict[str, Any] = {}
    for name, value in data.items():
        if name == "path":
            done["url"] = site_url + value
        elif isinstance(value, dict):
            done[name] = complete(value, site_url)
        elif isinstance(value, list):
            done[name] = [complete(item, site_url) if isinstance(item, dict) else item for item in value]
        else:
            done[name] = value
    return done


def breadcrumbs(trail: list[list[str]], site_url: str, site_name: str) -> dict[str, Any]:
    """A BreadcrumbList from home to the page."""
    steps = [[site_name, "/"], *trail]
    items = [
        {"@type": "ListItem", "position": at, "name": name, "item": site_url + path}
        for at, (name, path) in enumerate(steps, 1)
    ]
    return {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items}
