"""Cut by user as docs/scaling.md says, the library is the same, and a statement touches one part of each table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
import pytest

from domain.errors import NotFound
from domain.library import changes as library_changes
from domain.library import verbs as library
from domain.library.entry import states
from domain.library.shelf import Query, shelf
from domain.library.viewings import rounds, viewings
from ports.settings import PROJECT
from tests.domain.fans import Fan
from tests.factories import make_anime, make_review

_PART = re.compile(r" on (?:entry|cycle|watch|library_change)_(\d+)\b")
STATEMENTS = re.findall(r"```sql\n(.*?)```", (PROJECT / "docs/scaling.md").read_text(), re.DOTALL)


def test_a_library_is_the_same_after_it_was_cut_into_parts(connection: psycopg.Connection) -> None:
    show = make_anime(connection, episode_count=12)
    fans = [Fan(connection) for _ in range(5)]
    for fan in fans:
        fan.does("track", show, status="completed", score=7)
        fan.does("rewatch", show)
        last = fan.does("plus_one", show)
    before = [fan.everything() for fan in fans]

    cut(connection)

    assert [fan.everything() for fan in fans] == before
    assert fans[-1].undoes(last).entry == fans[-1].entry(show)
    assert fans[0].does("plus_one", show).change_id > last.change_id
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        connection.execute("DELETE FROM anime WHERE id = %s", [show])
    make_review(connection, fans[3].id, show)
    fans[3].does("edit", show, {"private": True})
    assert connection.execute("SELECT private FROM review").fetchall() == [(True,)]
    connection.execute("DELETE FROM account WHERE id = %s", [fans[1].id])
    assert fans[1].everything() == {"entry": [], "cycle": [], "watch": []}
    assert fans[2].everything() == before[2]


def test_every_verb_works_on_parts_and_touches_one_of_each_table(connection: psycopg.Connection) -> None:
    cut(connection)
    show, other = (make_anime(connection, episode_count=12) for _ in range(2))
    for _ in range(3):
        fan = Fan(connection)
        with explained(connection) as plans:
            walk(fan, show, other)
        assert len(plans) >= 20
        parts = {part for plan in plans for part in re.findall(_PART, plan)}
        assert len(parts) == 1, "\n\n".join(plan for plan in plans if len(set(_PART.findall(plan))) > 1)


def walk(fan: Fan, show: UUID, other: UUID) -> None:
    """Each verb, so that each part of the statement that writes is used."""
    fan.does("track", show, score=50)
    fan.does("watch_up_to", show, 12)
    fan.does("unwatch", show, 3)
    fan.does("edit", show, {"status": "completed"})
    begun = fan.does("rewatch", show)
    pressed = fan.does("plus_one", show)
    fan.undoes(pressed)
    fan.undoes(begun)
    library.bulk(fan.connection, fan.id, [show], {"tags": ["x"]}, fan.now, "t")
    fan.undoes(fan.does("remove", show))
    assert [entry.progress for entry in states(fan.connection, fan.id, [show, other])] == [12]
    assert len(shelf(fan.connection, fan.id, Query(sort="title")).entries) == 1
    assert len(viewings(fan.connection, fan.id, show, 5, episode=7).plays) == 1
    assert len(rounds(fan.connection, fan.id, show, fan.now).rounds) == 1
    assert len(fan.history(show)) == 11
    assert library.recalculate(fan.connection, fan.id, [show], fan.now)[0].change_id == 0
    with pytest.raises(NotFound):
        library_changes.undo(fan.connection, fan.id, 10**9, fan.now)


def cut(connection: psycopg.Connection) -> None:
    (sql,) = STATEMENTS
    with connection.transaction():
        connection.execute(sql.replace("0..63", "0..7").replace("MODULUS 64", "MODULUS 8"))


@contextmanager
def explained(connection: psycopg.Connection) -> Iterator[list[str]]:
    """The plans of all statements of this fan that are executed meanwhile."""
    plans: list[str] = []

    class Explaining(psycopg.Cursor[Any]):
        def execute(self, query: Any, parameters: Any = None, **options: Any) -> Any:
            if "FROM account" not in str(query) and parameters is not None:
                with psycopg.Cursor(self.connection) as other:
                    told = other.execute(f"EXPLAIN {query}", parameters).fetchall()
                plans.append("\n".join(str(row[0]) for row in told))
            return super().execute(query, parameters, **options)

    before, connection.cursor_factory = connection.cursor_factory, Explaining
    try:
        yield plans
    finally:
        connection.cursor_factory = before
