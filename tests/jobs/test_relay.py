"""The relay: logged changes become dirty pages, all of them and no more."""

from __future__ import annotations

import psycopg
import pytest

from domain import manifest, state
from domain.lease import BULK, EDITS
from jobs.relay import relay, relay_all
from tests.factories import edit, make_anime, make_noise, make_studio
from tests.site.whole import WholeSite


def test_changes_leave_the_log_together_with_their_effect(site: WholeSite) -> None:
    anime = make_anime(site.connection, "one")
    site.build()
    edit(site.connection, anime, title_english="Two")
    with site.connection.transaction(force_rollback=True):
        assert relay(site.connection) == 1
    assert (logged(site.connection), site.dirty()) == (1, [])

    relay(site.connection)

    assert logged(site.connection) == 0
    assert f"anime/{anime}" in site.dirty()


def test_the_log_is_consumed_in_pieces_of_any_size(site: WholeSite) -> None:
    make_noise(site.connection)
    site.build()
    for number in range(5):
        make_anime(site.connection, f"new-{number}")
    many = logged(site.connection)

    pieces = [relay(site.connection, limit=3) for _ in range(many // 3)]

    assert pieces == [3] * (many // 3)
    relay_all(site.connection)
    assert logged(site.connection) == 0
    assert manifest.due_counts(site.connection)["anime"] >= 5


def test_a_flood_of_changes_stands_back_behind_an_edit(site: WholeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    anime = [make_anime(site.connection, f"anime-{number}") for number in range(4)]
    site.build()
    monkeypatch.setattr("jobs.relay.FLOOD", 2)
    site.connection.execute("UPDATE anime SET title_english = slug")
    relay(site.connection)
    assert lanes(site.connection) == {f"anime/{one}": BULK for one in anime}

    edit(site.connection, anime[2], title_english="Two")
    relay(site.connection)

    assert lanes(site.connection) == {f"anime/{one}": EDITS if one == anime[2] else BULK for one in anime}


def test_similar_titles_follow_and_are_derived_once(site: WholeSite) -> None:
    one, two = make_anime(site.connection, "one"), make_anime(site.connection, "two")
    site.build()
    make_studio(site.connection, "Sunrise", one, two)

    relay_all(site.connection)

    assert site.connection.execute("SELECT count(*) FROM similar_title").fetchone() == (2,)
    assert state.recall(site.connection, "similar_done") == state.recall(site.connection, "similar_wanted")


def test_similar_titles_that_somebody_emptied_come_back(site: WholeSite) -> None:
    make_studio(site.connection, "Sunrise", make_anime(site.connection, "one"), make_anime(site.connection, "two"))
    site.build()
    site.connection.execute("TRUNCATE similar_title")

    relay_all(site.connection)

    assert site.connection.execute("SELECT count(*) FROM similar_title").fetchone() == (2,)


def test_an_anime_that_becomes_public_brings_all_its_pages(site: WholeSite) -> None:
    anime = make_anime(site.connection, "shy", adult=True)
    make_studio(site.connection, "Sunrise", anime)
    site.build()
    edit(site.connection, anime, adult=False)

    site.build()

    assert {"anime/shy", "studio/sunrise", "browse/year/2020", "browse/a-z/sh"} <= site.live().keys()


def logged(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT count(*) FROM change_log").fetchone()
    assert row is not None
    return int(row[0])


def lanes(connection: psycopg.Connection) -> dict[str, int]:
    """The lanes in which the pages of anime wait."""
    return dict(connection.execute("SELECT key, lane FROM page WHERE kind = 'anime' AND built < wanted").fetchall())
