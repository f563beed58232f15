"""Where the site is served on this machine: its pages name that address, so every command has to know it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ports.settings import Settings, chooses_address, from_environment


def address(settings: Settings) -> str:
    """Where a browser on this machine finds the site."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)
    return f"http://{f'[{host}]' if ':' in host and '[' not in host else host}:{settings.port}"


def note_of(settings: Settings) -> Path:
    """The run lock of the home; `autotrack run` notes in it where it answers, and the address that its pages name."""
    return settings.home / "run.lock"


def as_last_run() -> Settings:
    """The settings; where the environment chooses no address, pages name that of the last `autotrack run` in this home.

    Otherwise a build beside `PORT=9000 make run` would write port 8000 into every page.
    """
    settings = from_environment()
    with suppress(OSError):
        if not chooses_address() and (noted := note_of(settings).read_text().splitlines()[1:]):
            return replace(settings, site_url=noted[0])
    return settings
