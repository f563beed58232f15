"""Whatever a fan does in whatever order: what is stored equals a recount, and each step can be taken back exactly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from domain.errors import DomainError
from domain.library import verbs as library
from domain.library import watches as library_watches
from domain.library.entry import Changed
from domain.library.guest import GuestEntry, merge_guest
from domain.library.rows import STATUSES
from tests.domain.fans import Fan
from tests.factories import make_anime

TOTAL = 4
NUMBERS = st.integers(1, TOTAL)
MOMENTS = st.sampled_from([..., None, "2012-05", "2012", datetime(2019, 3, 4, 23, 30, tzinfo=UTC)])
SAID = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(STATUSES), "progress": st.integers(0, TOTAL), "rewatches": st.integers(0, 3),
        "score": st.none() | st.integers(0, 100), "notes": st.sampled_from(["", "so so"]),
        "tags": st.lists(st.sampled_from("abc"), max_size=3), "private": st.booleans(),
        "started": st.sampled_from([None, "2010", "2011-02-03"]),
        "finished": st.sampled_from([None, "2012", "2013-01"]),
    },
)  # fmt: skip
STEPS = st.one_of(
    st.tuples(st.just("plus_one")),
    st.tuples(st.just("plus_one")),
    st.tuples(st.just("watch"), NUMBERS, st.fixed_dictionaries({"watched_at": MOMENTS})),
    st.tuples(st.just("watch"), NUMBERS, st.just({"kind": "special"})),
    st.tuples(st.just("unwatch"), NUMBERS),
    st.tuples(st.just("watch_up_to"), NUMBERS, st.fixed_dictionaries({"exactly": st.booleans()})),
    st.tuples(st.just("rewatch")),
    st.tuples(st.just("edit"), st.just({"status": "completed"})),
    st.tuples(st.just("edit"), SAID),
    st.tuples(st.just("track"), SAID),
    st.tuples(st.just("remove")),
    st.tuples(st.just("guest"), st.sampled_from(STATUSES), st.integers(0, TOTAL)),
    st.tuples(st.just("longer")),
    st.tuples(st.just("redate"), st.integers(0, 9), MOMENTS.filter(lambda moment: moment is not ...)),
    st.tuples(st.just("forget"), st.integers(0, 9)),
    st.tuples(st.just("date_round"), st.integers(0, 2), st.sampled_from([{"started": "2009"}, {"finished": None}])),
)
Steps = list[tuple[Any, ...]]
QUIET = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
PHASES = (Phase.explicit, Phase.generate, Phase.shrink)
LENGTHS = st.sampled_from([TOTAL, None])


@settings(max_examples=12, deadline=None, suppress_health_check=QUIET, phases=PHASES, derandomize=True, database=None)
@given(total=LENGTHS, steps=st.lists(STEPS, min_size=6, max_size=15))
def test_any_sequence_is_a_recount_and_taken_back_exactly(
    crowd: psycopg.Connection, total: int | None, steps: Steps
) -> None:
    walk(crowd, total, steps)


@pytest.mark.long
@settings(max_examples=300, deadline=None, suppress_health_check=QUIET, phases=PHASES, database=None)
@given(total=LENGTHS, steps=st.lists(STEPS, min_size=10, max_size=30))
def test_many_sequences_are_recounts_and_taken_back_exactly(
    crowd: psycopg.Connection, total: int | None, steps: Steps
) -> None:
    walk(crowd, total, steps)


def walk(connection: psycopg.Connection, total: int | None, steps: Steps) -> None:
    """Each step is done, undone and done again; in the end all are undone, the last first."""
    fan, anime = Fan(connection), make_anime(connection, episode_count=total)
    done: list[Changed] = []
    for step in steps:
        before = fan.everything()
        try:
            changed = act(fan, anime, *step)
        except DomainError:
            assert fan.everything() == before
            continue
        check(fan, anime)
        if changed and changed.change_id:
            done.append(back_and_forth(fan, anime, changed, before))
        else:
            assert fan.everything() == before
    for changed in reversed(done):
        fan.undoes(changed)
        check(fan, anime)
    assert fan.everything() == {"entry": [], "cycle": [], "watch": []}


def back_and_forth(fan: Fan, anime: UUID, changed: Changed, before: dict[str, list[str]]) -> Changed:
    """Undone it is as before, done again as after; returns what undoes it all."""
    after = fan.everything()
    undone = fan.undoes(changed)
    assert fan.everything() == before
    check(fan, anime)
    again = fan.undoes(undone)
    assert fan.everything() == after
    return again


def act(fan: Fan, anime: UUID, verb: str, *values: Any) -> Changed | None:
    if verb == "longer":
        fan.connection.execute("UPDATE anime SET episode_count = episode_count + 1 WHERE id = %s", [anime])
        return None
    if verb in ("redate", "forget", "date_round"):
        ids = [id for (id,) in fan.plays(anime, "id")]
        which = values[0] if verb == "date_round" else ids[values[0] % len(ids)] if ids else 1
        fan.now += timedelta(minutes=1)
        with fan.connection.transaction():
            do = getattr(library_watches, verb)
            done: Changed = do(fan.connection, fan.id, anime, which, *values[1:], at=fan.now, source="test")
        return done
    if verb == "guest":
        with fan.connection.transaction():
            merged = merge_guest(fan.connection, fan.id, [GuestEntry(anime, *values)], fan.now)
        return merged.changed[0]
    named = values[-1] if values and isinstance(values[-1], dict) else {}
    if verb == "edit":
        return fan.does(verb, anime, named)
    return fan.does(verb, anime, *(value for value in values if value is not named), **named)


_RECOUNT = """
SELECT e.status, e.progress, e.furthest, e.rewatches, e.last_rewatched_at, CASE
    WHEN e.said = 'completed' THEN e.said
    WHEN e.said = 'planning' AND EXISTS (SELECT FROM seen WHERE id > e.said_after)
      OR e.said IN ('paused', 'dropped')
         AND EXISTS (SELECT FROM seen WHERE id > e.said_after AND watched_at >= e.said_at)
    THEN CASE WHEN e.cycle > 0 THEN 'rewatching' ELSE 'watching' END ELSE e.said END,
    (SELECT count(DISTINCT number) FROM seen),
    (SELECT coalesce(max(number), 0) FROM seen),
    (SELECT count(*) FROM cycle c WHERE c.user_id = e.user_id AND c.anime_id = e.anime_id AND completed),
    (SELECT max(watched_at) FROM watch w WHERE w.user_id = e.user_id AND w.anime_id = e.anime_id AND w.cycle > 0)
FROM entry e, LATERAL (SELECT) one WHERE e.user_id = %(user)s AND e.anime_id = %(anime)s
""".replace(
    "seen",
    "(SELECT * FROM watch w WHERE w.user_id = e.user_id AND w.anime_id = e.anime_id AND w.cycle = e.cycle"
    " AND w.kind = 'regular') seen",
)


def check(fan: Fan, anime: UUID) -> None:
    """What is stored is what SQL counts, what a recount finds, and what was dated by nobody has no date."""
    row = fan.connection.execute(_RECOUNT, {"user": fan.id, "anime": anime}).fetchone()
    if row is None:
        assert fan.everything() == {"entry": [], "cycle": [], "watch": []}
        return
    assert row[:5] == row[5:]
    assert [one.change_id for one in library.recalculate(fan.connection, fan.id, [anime], fan.now)] == [0]
    loose = "SELECT count(*) FROM watch WHERE user_id = %s AND cycle > 0 AND cycle NOT IN (SELECT number FROM cycle)"
    assert fan.connection.execute(loose, [fan.id]).fetchone() == (0,)
