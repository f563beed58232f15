"""The CDN: does as it is told, and nothing that it should forget has waited for long."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from autotrack.checks import OK, Finding, judged
from domain import purges
from ports.cdn import open_cdn
from ports.database import BRIEF, connect
from ports.settings import Settings

ADDRESS = "/health/live"
"""What is purged to see whether it works: no cache holds it."""
SLOW = 60.0
"""Seconds after which readers should not be shown an older page any more."""


def check(settings: Settings) -> Iterator[Finding]:
    """Raises PortError where the CDN or PostgreSQL does not answer, or CDN_URL names none."""
    cdn = open_cdn(settings.cdn_url, settings.site_url, settings.cdn_token)
    if not cdn.batch:
        yield Finding("cdn", OK, "none: nobody has to be told of a change")
        return
    cdn.purge([ADDRESS])
    yield Finding("cdn", OK, f"{settings.cdn_url.partition(':')[0]} forgets what it is told to")
    with closing(connect(settings.database_url, BRIEF)) as connection:
        many, seconds = purges.waiting(connection)
    yield judged(
        "purges", (seconds or 0.0) < SLOW, f"{many:,} wait, none for long",
        f"{many:,} wait, the first for {seconds or 0.0:.0f} s", "see what the logs of relay and workers say of the CDN",
    )  # fmt: skip
