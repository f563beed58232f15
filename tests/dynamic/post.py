"""The mail of an app in a test: what is due is delivered, and read."""

from __future__ import annotations

import re
from datetime import datetime

from jobs.mail import Desk, deliver
from ports import clock
from ports.database import connect
from ports.mail import Letter
from ports.settings import Settings
from ports.signing import open_keys

_LINK = re.compile(r"^http\S+$", re.MULTILINE)


class Mailbox:
    """Takes letters, and gives them to the test."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def send(self, letter: Letter) -> None:
        self.letters.append(letter)


def mailed(settings: Settings, at: datetime | None = None) -> list[Letter]:
    """Everything that is due now, in order; it is mailed once."""
    box, desk = Mailbox(), Desk(settings, open_keys(settings))
    with connect(settings.database_url) as connection:
        while deliver(connection, box, desk, at or clock.now()):
            pass
    return box.letters


def link_in(letter: Letter) -> str:
    """The path, with its query, that a letter asks its reader to open."""
    found = _LINK.search(letter.text)
    assert found, letter.text
    return "/" + found[0].split("/", 3)[3]
