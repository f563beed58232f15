"""Who may see what of whom: by visibility, by following, and never over a block."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import psycopg
import pytest

from domain.errors import Conflict, Forbidden, Invalid, NotFound
from domain.people import following, others, sharing
from domain.people.profile import profile
from tests.domain.fans import Fan, make_account, make_member
from tests.factories import make_anime, make_review, update

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
NOBODY, FOUND, SEEN = "nobody", "found", "seen"


@pytest.mark.parametrize(
    ("visibility", "visitor", "stranger", "asking", "follower", "own"),
    [
        ("public", SEEN, SEEN, SEEN, SEEN, SEEN),
        ("followers", FOUND, FOUND, FOUND, SEEN, SEEN),
        ("private", NOBODY, NOBODY, NOBODY, NOBODY, SEEN),
    ],
)
def test_who_sees_a_profile(
    connection: psycopg.Connection, visibility: str, visitor: str, stranger: str, asking: str, follower: str, own: str
) -> None:
    owner = make_member(connection, "faye", visibility="followers")
    asks, follows = make_member(connection, "asks"), make_member(connection, "follows")
    for reader in (asks, follows):
        following.follow(connection, reader, "faye", AT)
    following.accept(connection, owner, "follows", AT)
    update(connection, "account", {"id": owner}, {"visibility": visibility})

    readers = (None, make_member(connection), asks, follows, owner)
    assert tuple(sight(connection, "faye", reader) for reader in readers) == (visitor, stranger, asking, follower, own)


def test_who_has_proved_no_address_is_nobody_to_others_and_follows_nobody(connection: psycopg.Connection) -> None:
    newcomer = make_account(connection, "newcomer")
    make_member(connection, "faye")

    assert sight(connection, "newcomer", make_member(connection)) == NOBODY
    with pytest.raises(Forbidden):
        following.follow(connection, newcomer, "faye", AT)


def test_a_block_is_mutual_and_cannot_be_told_from_nobody(connection: psycopg.Connection) -> None:
    faye, vicious = make_member(connection, "faye"), make_member(connection, "vicious")
    following.follow(connection, faye, "vicious", AT)
    following.follow(connection, vicious, "faye", AT)

    following.block(connection, faye, "vicious", AT)

    assert sight(connection, "faye", vicious) == sight(connection, "vicious", faye) == NOBODY
    assert said(connection, "faye", vicious).replace("faye", "?") == said(connection, "none", vicious).replace(
        "none", "?"
    )
    assert following.ties(connection, vicious) == []
    assert [(tie.kind, tie.handle) for tie in following.ties(connection, faye)] == [("block", "vicious")]
    verbs: tuple[Callable[..., object], ...] = (following.follow, following.mute, following.block)
    for verb in verbs:
        with pytest.raises(NotFound):
            verb(connection, vicious, "faye", AT)


def test_after_a_block_nobody_follows_by_itself(connection: psycopg.Connection) -> None:
    faye, _ = make_member(connection, "faye"), make_member(connection, "vicious")
    following.follow(connection, faye, "vicious", AT)
    following.block(connection, faye, "vicious", AT)
    following.unblock(connection, faye, "vicious")

    assert sight(connection, "vicious", faye) == SEEN
    assert others.find(connection, "vicious", faye).following == ""


def test_a_profile_for_followers_is_asked_and_going_public_lets_everybody_in(connection: psycopg.Connection) -> None:
    faye = make_member(connection, "faye", visibility="followers")
    ein, ed, jet = (make_member(connection, name) for name in ("ein", "edd", "jet"))
    for reader in (ein, ed, jet):
        assert following.follow(connection, reader, "faye", AT).following == "asked"
    following.accept(connection, faye, "ein", AT)
    following.refuse(connection, faye, "edd")

    assert [others.find(connection, "faye", reader).following for reader in (ein, ed, jet)] == ["yes", "", "asked"]
    sharing.share(connection, faye, "public", "", AT)
    assert [others.find(connection, "faye", reader).following for reader in (ein, ed, jet)] == ["yes", "", "yes"]


def test_nobody_follows_blocks_or_mutes_themselves_nor_who_is_not_there(connection: psycopg.Connection) -> None:
    faye = make_member(connection, "faye")
    verbs: tuple[Callable[..., object], ...] = (following.follow, following.mute, following.block)
    for verb in verbs:
        with pytest.raises(Conflict):
            verb(connection, faye, "faye", AT)
        for handle in ("nobody", "", "a\x00b", "x" * 1000):
            with pytest.raises(NotFound):
                verb(connection, faye, handle, AT)
    with pytest.raises(NotFound):
        following.accept(connection, faye, "nobody", AT)


def test_counts_of_followers_leave_out_whom_one_may_not_know_of(connection: psycopg.Connection) -> None:
    faye, reader = make_member(connection, "faye"), make_member(connection, "reader")
    for name in ("one", "two", "hidden", "enemy"):
        follower = make_member(connection, name)
        following.follow(connection, follower, "faye", AT)
        following.follow(connection, faye, name, AT)
    update(connection, "account", {"handle": "hidden"}, {"visibility": "private"})
    following.block(connection, reader, "enemy", AT)

    shown = profile(connection, others.find(connection, "faye", reader), reader, AT)
    everybodys = profile(connection, others.find(connection, "faye", None), None, AT)
    assert shown and everybodys
    assert (shown.followers, shown.following) == (2, 2)
    assert (everybodys.followers, everybodys.following) == (3, 3)


def test_a_private_entry_is_in_no_part_of_a_profile_not_even_ones_own(connection: psycopg.Connection) -> None:
    fan = Fan(connection)
    update(connection, "account", {"id": fan.id}, {"handle": "faye", "verified_at": AT})
    empty = profile(connection, others.find(connection, "faye", fan.id), fan.id, AT)
    secret = make_anime(connection, "secret", episode_count=3)
    fan.does("track", secret, private=True, favourite=True, score=90)
    fan.does("watch", secret, 1)
    make_review(connection, fan.id, secret, private=True)

    assert profile(connection, others.find(connection, "faye", fan.id), fan.id, AT) == empty
    fan.does("edit", secret, {"private": False})
    shown = profile(connection, others.find(connection, "faye", None), None, AT)
    assert shown
    assert (shown.counts["watching"], shown.episodes, shown.mean) == (1, 1, 90)
    assert shown.histogram == [0, 0, 0, 0, 0, 0, 0, 0, 1, 0]
    assert [card.slug for _, card in shown.favourites] == [card.slug for _, card in shown.watching] == ["secret"]
    assert list(shown.activity.values()) == [1]
    assert [card.slug for _, card in shown.reviews] == ["secret"]


def test_a_bio_of_which_nothing_is_seen_is_none(connection: psycopg.Connection) -> None:
    account = make_member(connection)
    sharing.share(connection, account, "public", "\u2800\u3164\n\u115f\ufe0f", AT)
    assert sharing.sharing(connection, account) == ("public", "")


@pytest.mark.parametrize("bio", ["x" * 501, "turned \u202e around", "bell \x07"])
def test_a_bio_that_breaks_a_rule_is_refused(connection: psycopg.Connection, bio: str) -> None:
    with pytest.raises(Invalid):
        sharing.share(connection, make_member(connection), "public", bio, AT)
    with pytest.raises(Invalid):
        sharing.share(connection, make_member(connection), "friends", "", AT)


def sight(connection: psycopg.Connection, handle: str, reader: int | None) -> str:
    """As much as a reader sees of somebody."""
    try:
        return SEEN if others.find(connection, handle, reader).seen else FOUND
    except NotFound:
        return NOBODY


def said(connection: psycopg.Connection, handle: str, reader: int) -> str:
    with pytest.raises(NotFound) as refused:
        others.find(connection, handle, reader)
    return str(refused.value)
