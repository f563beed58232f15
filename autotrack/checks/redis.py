"""Redis or Valkey: reachable, keeps what it is given, and throws nothing away when it is full."""

from __future__ import annotations

from collections.abc import Iterator

from autotrack.checks import Finding, judged
from ports.queue import Wakes
from ports.settings import Settings

OLDEST = (6, 2)
"""From this version on it has BLMOVE, with which RQ loses no job of a worker that is killed."""


def check(settings: Settings) -> Iterator[Finding]:
    """Raises Unavailable where it does not answer."""
    facts = Wakes(settings.redis_url).facts()
    version = facts.get("redis_version", "0")
    yield judged(
        "redis", tuple(int(part) for part in version.split(".")[:2]) >= OLDEST, f"speaks the protocol of {version}",
        f"version {version} is too old", f"use Redis {OLDEST[0]}.{OLDEST[1]} or newer, or Valkey",
    )  # fmt: skip
    yield judged(
        "redis file", facts.get("aof_enabled") == "1", "writes an append-only file",
        "keeps no append-only file: jobs that wait are lost with it, and are found again only after a while",
        "set `appendonly yes`",
    )  # fmt: skip
    policy = facts.get("maxmemory_policy", "unknown")
    yield judged(
        "redis memory", policy == "noeviction", "throws nothing away when it is full",
        f"throws jobs away when it is full (maxmemory-policy {policy})", "set `maxmemory-policy noeviction`",
    )  # fmt: skip
