"""Counters: what limits count in Redis is found by whom it is about, and forgotten."""

from __future__ import annotations

from ports.queue import answering, open_redis
from ports.signing import Keys

MANY = 1_000
"""Keys that Redis looks at before it sees to others."""


def prefix(keys: Keys) -> str:
    """What the counters of this site begin with: several sites may share a Redis."""
    return f"autotrack:{keys.mac('limits', b'')[:12]}"


def account(user_id: int) -> str:
    """By what an account is counted."""
    return f"account:{user_id}"


def forget(url: str, keys: Keys, who: str) -> int:
    """Remove what was counted of somebody; returns how many counters. Raises Unavailable."""
    if url == "embedded:":  # then each process counts for itself, and forgets when it ends
        return 0
    with answering(), open_redis(url) as client:
        found = list(client.scan_iter(match=f"*/{prefix(keys)}/{who}/*", count=MANY))
        return int(client.delete(*found)) if found else 0
