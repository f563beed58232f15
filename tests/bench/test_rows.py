"""The rows that Hugo is given."""

from __future__ import annotations

import psycopg

from bench import rows
from sitegen.reads.reviews import SHOWN
from tests.domain.fans import make_member
from tests.factories import make_anime, make_review


def test_hugo_is_given_the_reviews_that_everybody_may_see(connection: psycopg.Connection) -> None:
    anime, other = make_anime(connection), make_anime(connection)
    hidden = make_member(connection, visibility="followers")
    for writer, said in ((make_member(connection), {"state": "waiting"}), (hidden, {}), (None, {"private": True})):
        make_review(connection, writer, anime, **said)
    assert rows.written(connection) == {}

    for _ in range(SHOWN + 2):
        make_review(connection, make_member(connection), other)
    (given,) = rows.written(connection).values()
    assert (given["many"], len(given["newest"])) == (SHOWN + 2, SHOWN)
