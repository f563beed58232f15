"""Mail by SMTP: `smtps://user:password@host:465`, or `smtp://` with STARTTLS where the server offers it."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from urllib.parse import unquote, urlsplit

from ports.errors import Misconfigured, Refused, Unavailable
from ports.mail import Letter

PATIENCE = 10.0
"""Seconds to be connected, and for each answer."""
PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True)
class Smtp:
    """A server that takes letters; with a name and a password only over TLS."""

    host: str
    port: int
    implicit_tls: bool
    user: str = ""
    password: str = field(default="", repr=False)

    def send(self, letter: Letter) -> None:
        """Hand it over, on a connection of its own."""
        with _answering(), self._connected() as server:
            server.send_message(_message(letter))

    def greet(self) -> str:
        """Connected, and let in."""
        with _answering(), self._connected() as server:
            server.noop()
        return f"{self.host} takes letters from us"

    def _connected(self) -> smtplib.SMTP:
        safely = ssl.create_default_context()
        if self.implicit_tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=PATIENCE, context=safely)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=PATIENCE)
        try:
            server.ehlo_or_helo_if_needed()
            if not self.implicit_tls and server.has_extn("starttls"):
                server.starttls(context=safely)
            elif self.user and not self.implicit_tls:
                raise Unavailable("the mail server (MAIL_URL) offers no TLS, so the password is not sent; use smtps://")
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        raise _failed(code, said) from error
    except smtplib.SMTPAuthenticationError as error:
        raise Unavailable("the mail server (MAIL_URL) does not accept the name and password") from error
    except smtplib.SMTPResponseException as error:
        raise _failed(error.smtp_code, error.smtp_error) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Unavailable(f"the mail server (MAIL_URL) does not answer: {error}") from error


def _failed(code: int, said: bytes | str) -> Refused | Unavailable:
    """A code of 5xx is a last word."""
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    kind = Refused if code >= 500 else Unavailable
    return kind(f"the mail server (MAIL_URL) says {code} {words}")


def _message(letter: Letter) -> EmailMessage:
    """Headers refuse line breaks, so that nothing a reader typed becomes one of its own."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = letter.sender, letter.recipient, letter.subject
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=parseaddr(letter.sender)[1].rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message


def open_smtp(url: str) -> Smtp:
    """The server behind this URL; opens nothing yet. Raises Misconfigured."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or PORTS[parts.scheme]
    except ValueError:
        host = None
    if not host or parts.path.strip("/") or parts.query or parts.fragment:
        raise Misconfigured("MAIL_URL cannot be read; it must look like smtps://user:password@host:465")
    return Smtp(host, port, parts.scheme == "smtps", unquote(parts.username or ""), unquote(parts.password or ""))
