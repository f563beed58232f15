"""The place: the address that pages name, and room on the disk of the home."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from autotrack.checks import NOTE, OK, WRONG, Finding, judged
from ports.settings import Settings

LEAST = 1 << 30
"""Bytes that should be free."""


def check(settings: Settings) -> Iterator[Finding]:
    """Raises OSError where the home cannot be looked at."""
    yield _address(settings)
    if settings.home.exists():
        free = shutil.disk_usage(settings.home).free
        yield judged(
            "disk", free >= LEAST, f"{free / LEAST:.0f} GiB free in {settings.home}",
            f"only {free >> 20} MiB free in {settings.home}", "make room: a full disk stops PostgreSQL first",
        )  # fmt: skip


def _address(settings: Settings) -> Finding:
    """A site that names an address of this machine is fine for who tries it, and a mistake anywhere else."""
    url = urlsplit(settings.site_url)
    if _is_here(url.hostname or ""):
        state = NOTE if settings.bucket_url.startswith("file:") else WRONG
        return Finding(
            "SITE_URL", state, f"{settings.site_url} is known to this machine only, and every page names it",
            "for a site that others read, set SITE_URL to its address",
        )  # fmt: skip
    if url.scheme != "https":
        return Finding("SITE_URL", WRONG, f"{settings.site_url} is not https", "set SITE_URL to the https address")
    return Finding("SITE_URL", OK, settings.site_url)


def _is_here(host: str) -> bool:
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host == "localhost" or host.endswith(".localhost") or "." not in host
