"""Mail: what the app wants mailed is written out and handed over, by a thread of its own so that nothing waits."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from threading import Event, Thread
from urllib.parse import urlsplit

import psycopg
import structlog
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from domain import mails
from domain.mails import Mail
from domain.tokens import LINK
from ports import clock
from ports.database import WORKING, connect
from ports.errors import Refused, Unavailable
from ports.mail import Letter, Mailer, open_mail
from ports.settings import PROJECT, Settings
from ports.signing import Keys, open_keys

log = structlog.get_logger()
LOOK = 1.0
"""Seconds between two looks at what is due."""
PAUSE = 5.0
"""Seconds to leave PostgreSQL alone when it does not answer."""
LEAVE = 2.0
"""Seconds to wait for the thread at the end: what it is at is mailed again by another."""


class Desk:
    """Writes letters: a template of `templates/mail`, whose first line is the subject, and a signed link."""

    def __init__(self, settings: Settings, keys: Keys) -> None:
        self._settings, self._keys = settings, keys
        # plain text: nothing in it is markup
        self._templates = Environment(
            loader=FileSystemLoader(PROJECT / "templates" / "mail"), undefined=StrictUndefined, autoescape=False
        )
        host = urlsplit(settings.site_url).hostname
        self._sender = settings.mail_from or f"{settings.site_name} <no-reply@{host}>"

    def letter(self, mail: Mail) -> Letter:
        """The mail as it is sent."""
        said = dict(mail.said)
        if token := said.pop("token", None):
            signed = self._keys.sign(LINK, bytes.fromhex(token))
            said["link"] = f"{self._settings.site_url}{mails.WITH_LINK[mail.kind]}?token={signed}"
        text = self._templates.get_template(f"{mail.kind}.txt").render(
            **said, handle=mail.handle, site=self._settings.site_name, url=self._settings.site_url
        )
        subject, _, body = text.partition("\n")
        return Letter(self._sender, mail.recipient, subject.removeprefix("Subject: "), body.lstrip("\n") + "\n")


def deliver(connection: psycopg.Connection, mailer: Mailer, desk: Desk, at: datetime) -> bool:
    """Hand over one letter that is due; says whether there was one. A crash in between sends it twice, never not."""
    mail = mails.take(connection, at)
    if mail is None:
        return False
    try:
        mailer.send(desk.letter(mail))
    except Refused as error:  # whoever typed this address is not told: it may be somebody else's
        log.error("not mailed", kind=mail.kind, error=str(error))
        mails.done(connection, mail)
    except Unavailable as error:
        log.warning("mail has to wait", kind=mail.kind, attempts=mail.attempts, error=str(error))
        mails.put_off(connection, mail, at)
    else:
        log.info("mailed", kind=mail.kind)
        mails.done(connection, mail)
    return True


class Postman:
    """The thread of one process; any number of processes may have one. Raises Misconfigured for a wrong MAIL_URL."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._mailer, self._desk = open_mail(settings.mail_url), Desk(settings, open_keys(settings))
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="mail", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End after the letter that it is at, if that is soon."""
        self._stopping.set()
        self._thread.join(LEAVE)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with closing(connect(self._settings.database_url, WORKING)) as connection:
                    while not self._stopping.is_set():
                        if not deliver(connection, self._mailer, self._desk, clock.now()):
                            self._stopping.wait(LOOK)
            except (psycopg.OperationalError, Unavailable) as error:
                log.warning("nothing can be mailed", error=" ".join(str(error).split()))
                self._stopping.wait(PAUSE)
