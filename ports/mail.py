"""Mail: short plain letters to one person each."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ports.errors import Misconfigured


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent; `sender` may have a name before its address in angle brackets."""

    sender: str
    recipient: str
    subject: str
    text: str


class Mailer(Protocol):
    """Takes letters; one that was taken may arrive twice, and is not known to arrive.

    Raises ports.errors.Unavailable where nobody takes it now, Refused where nobody will take this one.
    """

    def send(self, letter: Letter) -> None:
        """Hand it over, within half a minute."""

    def greet(self) -> str:
        """What a letter would meet, in words, without sending one."""


class Console:
    """Writes letters where the process writes what it says: for one machine, and for trying things out."""

    def send(self, letter: Letter) -> None:
        """Print it, whole."""
        rule = "-" * 72
        head = f"From: {letter.sender}\nTo: {letter.recipient}\nSubject: {letter.subject}"
        sys.stdout.write(f"{rule}\n{head}\n\n{letter.text.rstrip()}\n{rule}\n")
        sys.stdout.flush()

    def greet(self) -> str:
        """There is always somewhere to print."""
        return "console: letters stand in relay.log, and reach nobody else"


def _console(url: str) -> Mailer:
    if url.lower() not in ("console:", "console://"):
        raise Misconfigured("MAIL_URL says console: and more; it must be console: alone")
    return Console()


def _smtp(url: str) -> Mailer:
    from ports.mail_smtp import open_smtp

    return open_smtp(url)


SCHEMES: dict[str, Callable[[str], Mailer]] = {"console": _console, "smtp": _smtp, "smtps": _smtp}


def open_mail(url: str) -> Mailer:
    """The mailer behind this URL; opens nothing yet. Raises Misconfigured for a URL that no adapter takes."""
    scheme = url.partition(":")[0].lower() if ":" in url else ""
    if scheme not in SCHEMES:
        # Only the scheme is shown: the rest of a mistyped URL may hold a password.
        raise Misconfigured(f"MAIL_URL has the scheme {scheme[:20]!r}; known: {', '.join(sorted(SCHEMES))}")
    return SCHEMES[scheme](url)
