"""What must hold of a whole site: each function returns what is wrong, empty for a good one."""

from __future__ import annotations

from collections import Counter, deque

from domain.paths import is_dynamic
from tests.site.page_checks import faults
from tests.site.published import Published

NOWHERE = "/404"
"""The page for unknown addresses: nothing leads to it, and its own address is unknown too."""


def faulty_pages(site: Published) -> dict[str, list[str]]:
    """Path → what is wrong with the page."""
    url, name = site.settings.site_url, site.settings.site_name
    return {path: wrong for path, page in site.pages.items() if (wrong := faults(page, url, name))}


def broken_addresses(site: Published) -> set[tuple[str, str]]:
    """(page, address) of every address of this site that a page names and where no page stands."""
    return {
        (path, address)
        for path, page in site.pages.items()
        for address in page.addresses(site.settings.site_url)
        if address != NOWHERE
        and not is_dynamic(address.partition("?")[0])
        and (address not in site.objects or site.objects[address].head.status != 200)
    }


def clicks_from_home(site: Published) -> dict[str, int]:
    """How many links lie between home and each page that can be reached."""
    clicks, todo = {"/": 0}, deque(["/"])
    while todo:
        path = todo.popleft()
        for href in site.pages[path].hrefs:
            if href in site.pages and href not in clicks:
                clicks[href] = clicks[path] + 1
                todo.append(href)
    return clicks


def unreachable(site: Published) -> set[str]:
    return set(site.pages) - set(clicks_from_home(site)) - {NOWHERE}


def said_twice(site: Published) -> dict[str, int]:
    """Titles and descriptions that more than one page has."""
    counts = Counter(
        said for page in site.pages.values() for said in (f"title: {page.title}", f"description: {page.description}")
    )
    return {said: many for said, many in counts.items() if many > 1}
