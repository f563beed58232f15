"""A mail server for tests: a real one, that keeps what it is given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.autotrack.command import SOON, free_port

REFUSED, BUSY = "refused@example.org", "busy@example.org"


class Office:
    """Keeps letters; knows one address that it never takes, and one that it does not take now."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.url = ""

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in (REFUSED, BUSY):
            return "550 no such person" if address == REFUSED else "451 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content: Any = envelope.content
        letter = message_from_bytes(content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 OK"


@contextmanager
def post_office(**options: Any) -> Iterator[Office]:
    """A server at a port of its own."""
    office = Office()
    port = free_port()
    office.url = f"smtp://127.0.0.1:{port}"
    controller = Controller(office, hostname="127.0.0.1", port=port, ready_timeout=SOON, **options)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()
