"""A download of everything that is held of somebody, sent while it is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from threading import BoundedSemaphore

import orjson
import psycopg
from flask import Response, current_app

from domain.accounts import Account
from domain.errors import Throttled
from domain.privacy import parts
from domain.privacy.schema import schema
from dynamic import media
from ports.database import Patience, connect, snapshot
from ports.zipping import zipped

READING = Patience(connect=2, statement=60, lock=2, idle=60)
"""A reader who takes nothing for a minute is read to no longer."""
AT_ONCE = BoundedSemaphore(2)
"""Downloads of one process: each holds a connection and a thread for as long as it is sent."""
SOON = 15
SCHEMA = "/api/v1/export.schema.json"
README = """Everything that {site} holds of you, as of {at:%Y-%m-%d %H:%M} UTC.

autotrack.json   all of it, in one document
schema.json      what stands where in it, as JSON Schema; also at {url}{schema}
csv/             the same, a table of each kind; lists and objects are JSON, and an apostrophe stands
                 before text that a spreadsheet would take for a formula
picture.webp     your picture, if you have one

Your password and the like are held as hashes from which nobody can tell them, and are left out.
"""


def download(account: Account, at: datetime) -> Response:
    """A zip of it. Raises Throttled while another one of this account, or too many at once, are under way."""
    if not AT_ONCE.acquire(blocking=False):
        raise Throttled(SOON)
    stream = _stream(account, at)
    next(stream)  # whatever goes wrong at the beginning is answered in words
    response = Response(stream, content_type="application/zip")
    name = f"autotrack-{account.handle}-{at:%Y-%m-%d}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _stream(account: Account, at: datetime) -> Iterator[bytes]:
    try:
        with closing(connect(current_app.extensions["database"], READING, "autotrack export")) as connection:
            if not _alone(connection, account.id):
                raise Throttled(SOON)
            site, picture = current_app.extensions["site"], _picture(account)
            with snapshot(connection):
                yield b""  # taken by `download`; nothing after this needs the application
                yield from zipped(_files(connection, account, at, site, picture), at)
    finally:
        AT_ONCE.release()


def _files(
    connection: psycopg.Connection, account: Account, at: datetime, site: dict[str, str], picture: bytes | None
) -> Iterator[tuple[str, Iterable[bytes]]]:
    told = README.format(site=site["name"], url=site["url"], at=at, schema=SCHEMA)
    yield "README.txt", [told.encode()]
    yield "schema.json", [orjson.dumps(schema(connection, site["url"] + SCHEMA), option=orjson.OPT_INDENT_2)]
    if picture:
        yield "picture.webp", [picture]
    yield from parts.files(connection, account.id, {"exported_at": at.isoformat(), "site": site["url"]})


def _picture(account: Account) -> bytes | None:
    found = media.uploads().get(account.avatar) if account.avatar else None
    return found.body if found else None


def _alone(connection: psycopg.Connection, user_id: int) -> bool:
    """Whether no other download of this account is under way, on any machine; until the connection ends."""
    return connection.execute(
        "SELECT pg_try_advisory_lock(hashtextextended('export ' || %s, 0))", [str(user_id)]
    ).fetchone() == (True,)
