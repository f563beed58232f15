"""One page of each type, to look at: the richest that is still quick to look at."""

from __future__ import annotations

from collections import defaultdict

from ports.database import connect
from sitegen.site import PAGE_TYPES
from tests.site.published import Published

TYPES = tuple(kind.kind for kind in PAGE_TYPES if kind.template.endswith(".html") and "redirect" not in kind.kind)
"""Every type of page that a reader meets, the one for unknown addresses among them."""
QUICK = 30_000
"""Bytes: longer pages only say more of the same."""


def one_of_each(site: Published) -> dict[str, str]:
    """Type → path of its longest page that is not too long, or of its shortest; a type without a page is left out."""
    by_type: dict[str, list[tuple[int, str]]] = defaultdict(list)
    with connect(site.settings.database_url) as connection:
        for path, kind in connection.execute("SELECT path, kind FROM page WHERE path IS NOT NULL ORDER BY path"):
            by_type[kind].append((len(site.objects[path].body), path))
    return {kind: _rich(by_type[kind])[1] for kind in TYPES if by_type[kind]}


def _rich(pages: list[tuple[int, str]]) -> tuple[int, str]:
    return max((page for page in pages if page[0] <= QUICK), default=min(pages))
