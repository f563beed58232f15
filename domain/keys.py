"""Keys: what may be made of them here; they themselves stay outside of the database and of this room."""

from __future__ import annotations

from typing import Protocol


class Keys(Protocol):
    """What follows from something and the site's keys, so that who reads the tables alone cannot make it."""

    def derived(self, purpose: str, seed: bytes) -> list[bytes]:
        """32 bytes for each key, the newest first."""
