"""Mail: each adapter takes a letter, and says who is at fault where it cannot."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ports.errors import Misconfigured, Refused, Unavailable
from ports.mail import Letter, open_mail
from tests.ports.post import BUSY, REFUSED, Office, post_office

LETTER = Letter(
    "Bébop <no-reply@anime.example>", "faye@example.org", "Où ça?", "Three, two, one\n\u2026let\u2019s jam.\n"
)


def test_a_letter_arrives_as_it_was_written(office: Office) -> None:
    open_mail(office.url).send(LETTER)

    (letter,) = office.letters
    assert (letter["From"], letter["To"], letter["Subject"]) == (LETTER.sender, LETTER.recipient, LETTER.subject)
    assert letter.get_content().replace("\r\n", "\n") == LETTER.text
    assert letter["Auto-Submitted"] == "auto-generated" and letter["Message-ID"].endswith("@anime.example>")


@pytest.mark.parametrize(("recipient", "kind"), [(REFUSED, Refused), (BUSY, Unavailable)])
def test_who_is_refused_for_good_and_who_for_now(office: Office, recipient: str, kind: type[Exception]) -> None:
    with pytest.raises(kind, match="MAIL_URL"):
        open_mail(office.url).send(Letter(LETTER.sender, recipient, "x", "x"))


def test_a_line_break_becomes_no_header(office: Office) -> None:
    with pytest.raises(ValueError):
        open_mail(office.url).send(Letter(LETTER.sender, LETTER.recipient, "x\r\nBcc: evil@example.org", "x"))
    assert office.letters == []


def test_a_password_is_not_sent_where_there_is_no_tls(office: Office) -> None:
    with pytest.raises(Unavailable, match="smtps"):
        open_mail(office.url.replace("://", "://faye:hunter2@")).send(LETTER)
    assert office.letters == []


def test_a_server_that_is_away_is_unavailable_and_its_password_not_told() -> None:
    with pytest.raises(Unavailable) as raised:
        open_mail("smtp://faye:hunter2@127.0.0.1:9").send(LETTER)
    assert "hunter2" not in str(raised.value)


def test_the_console_prints_the_whole_letter(capsys: pytest.CaptureFixture[str]) -> None:
    open_mail("console:").send(LETTER)

    said = capsys.readouterr().out
    assert all(part in said for part in (LETTER.recipient, LETTER.subject, LETTER.text))


@pytest.mark.parametrize(
    "url", ["", "pigeon://x", "smtp://", "smtps://host/path", "smtp://host:x", "console:x", "hunter2"]
)
def test_a_wrong_address_is_named_and_no_secret_told(url: str) -> None:
    with pytest.raises(Misconfigured, match="MAIL_URL"):
        open_mail(url)


@pytest.fixture
def office() -> Iterator[Office]:
    with post_office() as office:
        yield office
