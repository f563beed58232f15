"""Reconciling: whatever happened to the bucket behind our back is found and made right."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jobs.reconcile import Findings, reconcile
from jobs.sweep import sweep
from ports.bucket import Head
from tests.factories import make_anime, make_noise
from tests.site.whole import BEGAN, WholeSite, differences

HEAD = Head("text/html", "", digest="ab")


@pytest.fixture
def built(site: WholeSite) -> WholeSite:
    make_anime(site.connection, "bebop")
    make_noise(site.connection)
    site.build()
    return site


def test_where_nothing_happened_nothing_is_found(built: WholeSite) -> None:
    assert reconcile(built.connection, built.bucket, BEGAN) == Findings(0, 0)
    assert built.dirty() == []


def test_what_was_deleted_or_overwritten_comes_back(built: WholeSite) -> None:
    before = built.live()
    built.bucket.delete(["anime/bebop", "index"])
    built.bucket.put("browse", b"defaced", HEAD)

    assert reconcile(built.connection, built.bucket, BEGAN) == Findings(3, 0)
    built.build()

    assert differences(built.live(), before) == []


def test_a_page_that_is_to_be_built_anyway_is_left_alone(built: WholeSite) -> None:
    built.connection.execute("UPDATE anime SET title_english = 'New' WHERE slug = 'bebop'")
    built.connection.execute("UPDATE page SET wanted = nextval('page_version') WHERE path = '/anime/bebop'")
    built.bucket.delete(["anime/bebop"])

    assert reconcile(built.connection, built.bucket, BEGAN) == Findings(0, 0)


def test_a_stray_of_ours_goes_a_day_later_and_those_of_others_stay(built: WholeSite) -> None:
    built.bucket.put("anime/stray", b"", Head("text/html", "", digest="ab", version=7))
    built.bucket.put("uploaded-by-hand", b"", HEAD)

    assert reconcile(built.connection, built.bucket, BEGAN) == Findings(0, 1)
    assert reconcile(built.connection, built.bucket, BEGAN) == Findings(0, 0), "told once"
    sweep(built.connection, built.bucket, BEGAN + timedelta(hours=23))
    assert built.bucket.look("anime/stray")
    sweep(built.connection, built.bucket, BEGAN + timedelta(hours=25))

    assert built.bucket.look("anime/stray") is None
    assert built.bucket.look("uploaded-by-hand")
