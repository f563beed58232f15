"""What the front door must know about a kind of server to keep one running."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Protocol

from autotrack.place import Place, keep_owner


class Server(Protocol):
    """PostgreSQL or Valkey in a directory of its own."""

    @property
    def title(self) -> str:
        """Its name, for people."""

    @property
    def place(self) -> Place:
        """Where it may work, and as whom."""

    @property
    def directory(self) -> Path:
        """Where it keeps everything: locks, log, password, data."""

    def prepare(self, port: int) -> list[str]:
        """Make the data directory if there is none; return the command that serves it on `port`."""

    def answers(self, port: int) -> bool:
        """Whether it takes connections now."""

    def url(self, port: int) -> str:
        """The address for clients, with the password."""


def password_of(directory: Path) -> str:
    """The password of the server in `directory`, made at its first start; readable for its owner only."""
    file = directory / "password"
    if not file.exists():
        unfinished = file.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        unfinished.touch(mode=0o600)
        keep_owner(unfinished)
        unfinished.write_text(secrets.token_urlsafe(24))
        unfinished.rename(file)
    return file.read_text().strip()
