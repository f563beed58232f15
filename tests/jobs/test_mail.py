"""Mail: every letter is handed over once, later where nobody takes it now, and never when it would come too late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from structlog.testing import capture_logs

from domain import accounts, avatars, mails
from domain.accounts import Account, Newcomer
from jobs.chores import CHORES
from jobs.mail import Desk, Postman, deliver
from jobs.world import World
from ports.bucket import Head, open_bucket
from ports.errors import Misconfigured, Unavailable
from ports.mail import Letter, open_mail
from ports.passwords import Argon2
from ports.settings import PROJECT, Settings, from_environment
from ports.signing import open_keys
from tests.autotrack.command import eventually
from tests.domain.keys import KEYS
from tests.ports.post import REFUSED, Office, post_office

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
KINDS = sorted(path.stem for path in (PROJECT / "templates/mail").glob("*.txt"))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_letter_can_be_written(connection: psycopg.Connection, settings: Settings, kind: str) -> None:
    said = (
        {"token": "00" * 32}
        if kind in mails.WITH_LINK
        else {"to": "new@example.org", "owner": "faye", "receipt": "0f" * 16}
    )
    mail = mails.Mail(1, kind, "spike@example.org", "spike", said, AT, 1)

    letter = Desk(settings, open_keys(settings)).letter(mail)

    assert letter.sender == "AutoTrack Anime <no-reply@127.0.0.1>" and letter.subject and "{" not in letter.text
    assert ("http://127.0.0.1:8000/" in letter.text) == (kind != "moved")
    assert all(len(line) <= 100 or line.startswith("http") for line in letter.text.splitlines())


def test_what_nobody_takes_now_is_tried_again_ever_later_until_its_link_is_old(
    connection: psycopg.Connection, settings: Settings
) -> None:
    join(connection, "spike@example.org")
    desk, at, tried = Desk(settings, open_keys(settings)), AT, list[timedelta]()
    while due := connection.execute("SELECT due_at FROM mail").fetchone():
        at = max(at, due[0])
        if not deliver(connection, Away(), desk, at):
            break
        tried.append(at - AT)

    assert tried[:4] == [timedelta(seconds=seconds) for seconds in (0, 5, 15, 35)]
    assert timedelta(hours=23) < tried[-1] < timedelta(hours=24) and len(tried) < 200
    assert connection.execute("SELECT count(*) FROM mail").fetchone() == (0,)


def test_what_is_refused_for_good_is_given_up_and_no_address_is_logged(
    connection: psycopg.Connection, settings: Settings, office: Office
) -> None:
    join(connection, REFUSED)
    with capture_logs() as said:
        assert deliver(connection, open_mail(office.url), Desk(settings, open_keys(settings)), AT)

    assert [line["event"] for line in said] == ["not mailed"] and REFUSED not in str(said)
    assert connection.execute("SELECT count(*) FROM mail").fetchone() == (0,)


def test_of_two_postmen_one_takes_a_letter_and_the_other_takes_over_from_one_who_died(
    connection: psycopg.Connection,
) -> None:
    join(connection, "spike@example.org")

    assert mails.take(connection, AT) is not None
    assert mails.take(connection, AT) is None
    assert mails.take(connection, AT + mails.LEASE) is not None


def test_letters_of_one_second_go_out_in_the_order_in_which_they_were_wanted(connection: psycopg.Connection) -> None:
    account = join(connection, "spike@example.org")
    mails.want(connection, account.id, "moved", "spike@example.org", AT, to="new@example.org")
    for seconds in (1, -1):  # it was put off and hastened: PostgreSQL comes upon it last by now
        connection.execute("UPDATE mail SET due_at = due_at + %s WHERE kind = 'verify'", [timedelta(seconds=seconds)])

    found = [mails.take(connection, AT) for _ in range(2)]

    assert [mail and mail.kind for mail in found] == ["verify", "moved"]


def test_the_postman_delivers_by_himself_and_stops_when_told(
    connection: psycopg.Connection, settings: Settings, office: Office
) -> None:
    postman = Postman(replace(settings, mail_url=office.url))
    postman.start()
    newcomer = Newcomer("spike", "spike@example.org", "correct horse battery")
    account = accounts.join(connection, KEYS, QUICK, newcomer, now())
    eventually(lambda: office.letters)
    postman.stop()

    assert [letter["To"] for letter in office.letters] == [account.email]


def test_a_wrong_mail_url_is_said_at_the_start(settings: Settings) -> None:
    with pytest.raises(Misconfigured, match="MAIL_URL"):
        Postman(replace(settings, mail_url="pigeon://loft"))


def test_pictures_that_nobody_shows_are_removed_a_day_later(connection: psycopg.Connection, settings: Settings) -> None:
    bucket, account = open_bucket(settings.uploads_url), join(connection, "spike@example.org")
    shown, lost, late = (avatars.new_key() for _ in range(3))
    for key in (shown, lost, late):
        bucket.put(key, b"x", Head("image/webp", "private"))
    avatars.choose(connection, account.id, shown)
    world = World(settings)

    assert CHORES["uploads"].do(world)["removed"] == 0
    avatars.choose(connection, account.id, late)
    assert CHORES["uploads"].do(world)["removed"] == 1  # neither what was shown all along, nor what is by now
    world.close()

    assert list(bucket.keys()) == sorted([late, shown])


class Away:
    """A mail server that never answers."""

    def send(self, letter: Letter) -> None:
        raise Unavailable("away")

    def greet(self) -> str:
        raise Unavailable("away")


def join(connection: psycopg.Connection, email: str) -> Account:
    return accounts.join(connection, KEYS, QUICK, Newcomer("spike", email, "correct horse battery"), AT)


def now() -> datetime:
    return datetime.now(UTC)


QUICK = Argon2(memory_kib=64, passes=1)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return from_environment({"AUTOTRACK_HOME": str(tmp_path), "DATABASE_URL": database_url})


@pytest.fixture
def office() -> Iterator[Office]:
    with post_office() as office:
        yield office
