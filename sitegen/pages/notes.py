"""/about-the-data, /privacy and the page for addresses that lead nowhere."""

from __future__ import annotations

from sitegen import labels, seo
from sitegen.page import Document, PageType, only
from sitegen.reader import Reader


def load_about(read: Reader, _: str) -> Document | None:
    content = {
        "head": seo.head(
            "/about-the-data",
            "About the data: sources, dates and corrections",
            "Where the titles, dates, studios and offers here come from, how they are merged and how old they are.",
            [("About the data", "/about-the-data")],
        ),
        "total": labels.count(read.total(), "anime", "anime"),
    }
    return Document("/about-the-data", content)


def load_privacy(read: Reader, _: str) -> Document | None:
    head = seo.head(
        "/privacy",
        "Privacy: what this site keeps about you",
        "Reading needs no account, sets no cookie and asks no other company for anything: what is kept where.",
        [("Privacy", "/privacy")],
    )
    return Document("/privacy", {"head": head, "contact": read.site.contact.removeprefix("mailto:")})


def load_not_found(read: Reader, _: str) -> Document | None:
    head = seo.head(
        "/404",
        "Nothing here",
        "This address leads nowhere. Perhaps the title moved, or the address has a typo: browse, or start at home.",
        [],
        indexable=False,
    )
    return Document("/404", {"head": head}, indexable=False, status=404)


about_page = PageType("about", load_about, only, "site/about.html")
privacy_page = PageType("privacy", load_privacy, only, "site/privacy.html")
not_found_page = PageType("not_found", load_not_found, only, "site/not_found.html")
