"""Reception: figures of our own equal a recount, and are written only where one that is shown changes."""

from __future__ import annotations

from random import Random
from uuid import UUID

import psycopg
import pytest

from domain.reception import MINIMUM, START, STEP, WEIGHT, refresh
from tests.domain.fans import make_account, make_member
from tests.factories import insert, make_anime

Figures = dict[UUID, tuple[int | None, int | None, int | None]]


def test_figures_equal_a_recount_after_random_edits(connection: psycopg.Connection) -> None:
    rng = Random(3)
    anime = [make_anime(connection) for _ in range(4)]
    members = [make_member(connection) for _ in range(40)] + [make_account(connection)]
    for turn in range(30):
        for _ in range(20):
            track(connection, rng.choice(members), rng.choice(anime), rng.choice([None, *range(0, 101, 5)]), rng)
        connection.execute(
            "UPDATE account SET visibility = %s WHERE id = %s",
            [rng.choice(["public", "followers", "private"]), rng.choice(members)],
        )
        connection.execute("DELETE FROM entry WHERE user_id = %s", [rng.choice(members)])
        if turn % 5 == 4:
            refresh(connection)
            assert kept(connection) == recount(connection)
    assert any(score is not None for score, _, _ in kept(connection).values())


def test_below_the_minimum_nothing_is_shown(connection: psycopg.Connection) -> None:
    anime = make_anime(connection)
    for count in range(1, MINIMUM + 1):
        track(connection, make_member(connection), anime, 90)
        refresh(connection)
        assert (kept(connection) != {}) == (count == MINIMUM)

    mean = round(90 / STEP) * STEP
    assert kept(connection) == {anime: (round((90 * MINIMUM + mean * WEIGHT) / (MINIMUM + WEIGHT)), MINIMUM, MINIMUM)}


def test_few_votes_are_drawn_towards_the_mean_of_all(connection: psycopg.Connection) -> None:
    loved, known = make_anime(connection), make_anime(connection)
    for number in range(60):
        member = make_member(connection)
        track(connection, member, known, 60)
        if number < MINIMUM:
            track(connection, member, loved, 100)
    refresh(connection)

    (score, votes, _) = kept(connection)[loved]
    assert score is not None and 60 < score < 100 and votes == MINIMUM


@pytest.mark.parametrize(
    ("fans", "shown"), [(10, 10), (99, 99), (100, 100), (101, 100), (119, 110), (999, 990), (1249, 1200)]
)
def test_large_counts_are_told_to_two_digits_downwards(connection: psycopg.Connection, fans: int, shown: int) -> None:
    anime = make_anime(connection)
    connection.execute(
        "WITH a AS (INSERT INTO account (handle, email, password, created_at, verified_at)"
        "  SELECT 'f' || n || 'x', '', '', now(), NULL FROM generate_series(100, %s) n RETURNING id)"
        " INSERT INTO entry (user_id, anime_id, said, said_at, status, added_at, updated_at, version)"
        " SELECT id, %s, 'planning', now(), 'planning', now(), now(), 1 FROM a",
        [99 + fans, anime],
    )
    connection.execute("UPDATE account SET email = handle || '@fans.test', verified_at = now()")
    refresh(connection)

    assert kept(connection) == {anime: (None, None, shown)}


def test_who_is_private_is_not_counted(connection: psycopg.Connection) -> None:
    anime = make_anime(connection)
    for _ in range(MINIMUM - 1):
        track(connection, make_member(connection), anime, 80)
    track(connection, make_member(connection, visibility="private"), anime, 80)
    track(connection, make_account(connection), anime, 80)
    track(connection, make_member(connection), anime, 80, private=True)
    refresh(connection)

    assert kept(connection) == {}


def test_only_what_differs_is_written(connection: psycopg.Connection) -> None:
    anime, other = make_anime(connection), make_anime(connection)
    for _ in range(120):
        member = make_member(connection)
        track(connection, member, anime, 80)
        track(connection, member, other, 80)

    assert [refresh(connection), refresh(connection)] == [2, 0]
    track(connection, make_member(connection), anime, 80)
    assert refresh(connection) == 0  # one more of 120 is no other figure
    connection.execute("DELETE FROM entry WHERE anime_id = %s", [other])
    assert refresh(connection) == 1


def track(
    connection: psycopg.Connection, user: int, anime: UUID, score: int | None, rng: Random | None = None,
    private: bool = False,
) -> None:  # fmt: skip
    connection.execute("DELETE FROM entry WHERE user_id = %s AND anime_id = %s", [user, anime])
    hidden = rng.random() < 0.2 if rng else private
    at = "2026-11-01T12:00Z"
    insert(
        connection, "entry",
        {"user_id": user, "anime_id": anime, "said": "planning", "said_at": at, "status": "planning", "added_at": at,
         "updated_at": at, "version": 1, "score": score, "private": hidden},
    )  # fmt: skip


def kept(connection: psycopg.Connection) -> Figures:
    rows = connection.execute("SELECT anime_id, score, votes, fans FROM reception")
    return {anime: (score, votes, fans) for anime, score, votes, fans in rows}


def recount(connection: psycopg.Connection) -> Figures:
    """The same, counted by hand."""
    rows = connection.execute(
        "SELECT e.anime_id, e.score, e.private, a.visibility, a.verified_at FROM entry e"
        " JOIN account a ON a.id = e.user_id"
    ).fetchall()
    counted: dict[UUID, list[int | None]] = {}
    for anime, score, private, visibility, verified in rows:
        if not private and visibility != "private" and verified:
            counted.setdefault(anime, []).append(score)
    every = [score for scores in counted.values() for score in scores if score is not None]
    mean = half_up(sum(every) / len(every) / STEP) * STEP if every else START
    figures: Figures = {}
    for anime, scores in counted.items():
        votes = [score for score in scores if score is not None]
        enough = len(votes) >= MINIMUM
        score = max(10, half_up((sum(votes) + WEIGHT * mean) / (len(votes) + WEIGHT))) if enough else None
        if len(scores) >= MINIMUM:
            figures[anime] = (score, len(votes) if enough else None, len(scores))
    return figures


def half_up(number: float) -> int:
    """As PostgreSQL rounds."""
    return int(number + 0.5)
