"""Reviews: who may write, what waits for staff, what is reported, and that each act of staff is kept."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from domain import staff
from domain.errors import Conflict, Forbidden, Invalid, NotFound
from domain.forgetting import forget
from domain.library import verbs as library
from domain.reviews import moderation, verbs
from domain.reviews.verbs import LONGEST, TRUSTED, Draft, Review
from ports.database import connect
from tests.domain.fans import Fan, make_account, make_member, wait_for_a_lock
from tests.factories import make_anime, make_review, update

AT = datetime(2026, 11, 20, 20, tzinfo=UTC)


def test_the_first_reviews_of_a_fan_wait_for_staff_and_later_ones_do_not(connection: psycopg.Connection) -> None:
    member = make_member(connection)
    states = []
    for _ in range(TRUSTED + 1):
        written = verbs.write(connection, member, make_anime(connection), Draft("Space."), AT)
        states.append(written.state)
        moderation.decide(connection, written.id, "approve", staff.Actor(), AT)

    assert states == ["waiting"] * TRUSTED + ["shown"]


def test_whose_first_review_was_approved_cannot_say_something_else_in_it_unseen(
    connection: psycopg.Connection, anime: UUID
) -> None:
    member = make_member(connection)
    written = verbs.write(connection, member, anime, Draft("Harmless."), AT)
    moderation.decide(connection, written.id, "approve", staff.Actor(), AT)

    assert verbs.write(connection, member, anime, Draft("Buy now!"), AT).state == "waiting"
    with pytest.raises(NotFound):
        verbs.find(connection, written.id, None)


def test_who_has_proved_no_address_may_not_write(connection: psycopg.Connection, anime: UUID) -> None:
    newcomer = make_account(connection)
    with pytest.raises(Forbidden, match="confirm your address"):
        verbs.write(connection, newcomer, anime, Draft("Space."), AT)


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (Draft(""), "body"), (Draft(" \n\t "), "body"), (Draft("x" * (LONGEST + 1)), "body"),
        (Draft("turned \u202e around"), "body"), (Draft("x\x00"), "body"), (Draft("x", reached=-1), "reached"),
        (Draft("\u3164\u115f \u1160\uffa0"), "body"), (Draft("\u2800\n\u2800"), "body"), (Draft("\ufe0f"), "body"),
        (Draft("\u200d\U000e0101"), "body"), (Draft("> **\u3164**\n\n- \n1."), "body"),
    ],
)  # fmt: skip
def test_what_breaks_a_rule_is_refused(connection: psycopg.Connection, anime: UUID, draft: Draft, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        verbs.write(connection, make_member(connection), anime, draft, AT)
    assert refused.value.field == field


def test_an_anime_that_is_not_there_cannot_be_reviewed(connection: psycopg.Connection) -> None:
    with pytest.raises(NotFound):
        verbs.write(connection, make_member(connection), UUID(int=404), Draft("Space."), AT)


def test_a_review_is_as_private_as_the_entry_whoever_made_it_so(connection: psycopg.Connection, anime: UUID) -> None:
    fan = member(connection)
    number = make_review(connection, fan.id, anime)
    seen = []
    fan.does("track", anime, private=True)
    seen.append(sees(connection, number))
    fan.does("edit", anime, {"private": False})
    seen.append(sees(connection, number))
    connection.execute("UPDATE entry SET private = true")
    seen.append(sees(connection, number))
    fan.does("remove", anime)
    seen.append(sees(connection, number))

    assert seen == [False, True, False, False]


def test_a_private_entry_cannot_be_reviewed(connection: psycopg.Connection, anime: UUID) -> None:
    fan = member(connection)
    fan.does("track", anime, private=True)
    with pytest.raises(Conflict, match="private"):
        verbs.write(connection, fan.id, anime, Draft("Space."), AT)


def test_who_writes_while_an_entry_appears_privately_waits_and_may_not(crowd: Fan, crowded_url: str) -> None:
    anime = make_anime(crowd.connection)
    with connect(crowded_url) as other, ThreadPoolExecutor(1) as thread:
        with other.transaction():
            library.track(other, crowd.id, anime, AT, "the other", private=True)
            writing = thread.submit(writes, crowd, anime)
            wait_for_a_lock(other)
        with pytest.raises(Conflict, match="private"):
            writing.result(10)


def test_an_entry_that_appears_privately_while_a_review_is_written_hides_it(crowd: Fan, crowded_url: str) -> None:
    anime = make_anime(crowd.connection)
    with connect(crowded_url) as other, ThreadPoolExecutor(1) as thread:
        with other.transaction():
            verbs.write(other, crowd.id, anime, Draft("Space."), AT)
            tracking = thread.submit(crowd.does, "track", anime, private=True)
            wait_for_a_lock(other)
        tracking.result(10)

    assert verbs.own(crowd.connection, crowd.id, anime).private


def test_who_changes_entries_and_adds_private_ones_at_once_stands_in_no_writers_way(
    crowd: Fan, crowded_url: str
) -> None:
    anime, hidden = make_anime(crowd.connection), make_anime(crowd.connection)
    crowd.does("track", anime)
    with connect(crowded_url) as other, ThreadPoolExecutor(1) as thread:
        with other.transaction():
            library.edit(other, crowd.id, anime, {"score": 90}, AT, "the other")
            writing = thread.submit(writes, crowd, anime)
            wait_for_a_lock(other)
            library.track(other, crowd.id, hidden, AT, "the other", private=True)
        assert not writing.result(10).private


def test_a_review_of_a_removed_entry_is_seen_once_it_is_written_again(
    connection: psycopg.Connection, anime: UUID
) -> None:
    fan = member(connection)
    number = make_review(connection, fan.id, anime)
    fan.does("track", anime, private=True)
    fan.does("remove", anime)
    verbs.write(connection, fan.id, anime, Draft("Space."), AT)
    moderation.decide(connection, number, "approve", staff.Actor(), AT)

    assert sees(connection, number)


def test_what_was_removed_is_seen_by_nobody_and_a_month_later_gone(connection: psycopg.Connection, anime: UUID) -> None:
    writer, other = make_member(connection), make_member(connection)
    number = make_review(connection, writer, anime)
    kept = make_review(connection, other, anime)
    verbs.remove(connection, writer, anime, AT)

    assert not sees(connection, number)
    with pytest.raises(NotFound):
        verbs.own(connection, writer, anime)
    with pytest.raises(NotFound):
        verbs.remove(connection, writer, anime, AT)
    assert forget(connection, AT + timedelta(days=29))["review"] == 0
    assert forget(connection, AT + timedelta(days=31))["review"] == 1
    assert connection.execute("SELECT id FROM review").fetchall() == [(kept,)]


def test_what_staff_have_hidden_stays_so_however_often_it_is_written(
    connection: psycopg.Connection, anime: UUID
) -> None:
    writer = make_member(connection)
    number = make_review(connection, writer, anime)
    for _ in range(TRUSTED):
        make_review(connection, writer, make_anime(connection))
    moderation.decide(connection, number, "hide", staff.Actor(), AT)
    verbs.write(connection, writer, anime, Draft("Once more."), AT)
    verbs.remove(connection, writer, anime, AT)

    assert verbs.write(connection, writer, anime, Draft("And again."), AT).state == "hidden"
    assert not sees(connection, number)


def test_a_report_is_a_case_until_staff_settle_it_and_the_act_is_kept(
    connection: psycopg.Connection, anime: UUID
) -> None:
    number = make_review(connection, make_member(connection, "writer"), anime)
    make_review(connection, make_member(connection), anime)
    for reason in ("spam", "abuse"):
        verbs.report(connection, number, make_member(connection), reason, "look", AT)

    (case,) = moderation.cases(connection)
    assert (case.id, case.handle, case.reports, case.reasons) == (number, "writer", 2, ["abuse", "spam"])
    moderator = make_member(connection, role="moderator")
    moderation.decide(connection, number, "hide", staff.Actor(moderator, "moderator"), AT, "advertising")
    assert moderation.cases(connection) == []
    (act,) = staff.acts_on(connection, f"review:{number}")
    assert (act.user_id, act.role, act.verb, act.reason) == (moderator, "moderator", "hide", "advertising")
    assert (act.before, act.after) == ({"state": "shown", "open_reports": 2}, {"state": "hidden", "open_reports": 0})


def test_who_reports_twice_is_counted_once(connection: psycopg.Connection, anime: UUID) -> None:
    number, reader = make_review(connection, make_member(connection), anime), make_member(connection)
    verbs.report(connection, number, reader, "spam", "", AT)
    verbs.report(connection, number, reader, "other", "on second thoughts", AT)

    (case,) = moderation.cases(connection)
    assert (case.reports, case.reasons) == (1, ["other"])


def test_nobody_reports_their_own_review_nor_one_that_they_do_not_see(
    connection: psycopg.Connection, anime: UUID
) -> None:
    writer, reader = make_member(connection), make_member(connection)
    number = make_review(connection, writer, anime)
    with pytest.raises(Conflict):
        verbs.report(connection, number, writer, "spam", "", AT)
    update(connection, "account", {"id": writer}, {"visibility": "private"})
    with pytest.raises(NotFound):
        verbs.report(connection, number, reader, "spam", "", AT)


def test_who_has_proved_no_address_may_not_report(connection: psycopg.Connection, anime: UUID) -> None:
    number = make_review(connection, make_member(connection), anime)
    with pytest.raises(Forbidden, match="confirm your address"):
        verbs.report(connection, number, make_account(connection), "spam", "", AT)
    assert moderation.cases(connection) == []


def test_a_note_of_which_nothing_is_seen_is_none(connection: psycopg.Connection, anime: UUID) -> None:
    number = make_review(connection, make_member(connection), anime)
    verbs.report(connection, number, make_member(connection), "other", "\u3164\u2800 \n\ufe0f", AT)
    assert connection.execute("SELECT note FROM report").fetchone() == ("",)


def test_a_review_without_a_name_is_seen_by_all(connection: psycopg.Connection, anime: UUID) -> None:
    number = make_review(connection, None, anime)
    assert verbs.find(connection, number, None).handle == ""


def member(connection: psycopg.Connection) -> Fan:
    fan = Fan(connection)
    update(connection, "account", {"id": fan.id}, {"verified_at": AT})
    return fan


def writes(fan: Fan, anime: UUID) -> Review:
    """As one request does."""
    with fan.connection.transaction():
        return verbs.write(fan.connection, fan.id, anime, Draft("Space."), AT)


def sees(connection: psycopg.Connection, number: int) -> bool:
    """Whether a visitor does."""
    try:
        verbs.find(connection, number, None)
    except NotFound:
        return False
    return True


@pytest.fixture
def crowd(crowded_url: str) -> Iterator[Fan]:
    """A member in a database in which others can be at work."""
    with connect(crowded_url) as connection:
        yield member(connection)


@pytest.fixture
def anime(connection: psycopg.Connection) -> UUID:
    return make_anime(connection, "cowboy-bebop", episode_count=26)
