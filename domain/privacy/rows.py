"""The rows of somebody who has left: removed, or left without a name, some at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import LiteralString

import psycopg
from psycopg import sql

from domain.privacy.classes import Rule, Table
from domain.privacy.held import PEOPLE

AT_ONCE = 5_000
"""Rows of one transaction: others who write the same table wait for no more than that."""
LAST = frozenset({"erasure", "account"})
"""Whose rows go at the very end: they say whose rows are to go."""
_SOME: LiteralString = (
    "{column} = %(user)s AND ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE {column} = %(user)s LIMIT %(many)s))"
)
_REMOVE = sql.SQL("DELETE FROM {table} WHERE " + _SOME)
_LEAVE = sql.SQL("UPDATE {table} SET {changes} WHERE " + _SOME)
_NAMING = sql.SQL(
    "DELETE FROM {table} WHERE {column} = %(user)s AND (({goes}) OR EXISTS (SELECT FROM unnest(%(words)s::text[]) word"
    " WHERE position(lower(word) IN lower(concat_ws(' ', {texts}))) > 0))"
)


@dataclass(frozen=True, slots=True)
class Sort:
    """The rows of a table that name somebody in one column, and what becomes of them."""

    table: str
    column: str
    rule: Rule
    becomes: Mapping[str, str]
    texts: Sequence[str]
    goes: str

    def end(self, keep: bool) -> Rule:
        """Removed, anonymised or re-pointed; of what may be chosen, by the choice."""
        if self.rule == Rule.CHOSEN:
            return Rule.ANONYMISED if keep else Rule.REMOVED
        return self.rule


def sorts(held: Mapping[str, Table] = PEOPLE) -> Iterator[Sort]:
    """All that are to be seen to, in their order."""
    for name, table in held.items():
        for column, said in table.names.items():
            if name not in LAST:
                yield Sort(name, column, said.rule, table.becomes, tuple(table.kept), table.goes)


def see_to(connection: psycopg.Connection, user_id: int, sort: Sort, keep: bool, many: int = AT_ONCE) -> int:
    """Remove up to so many of these rows, or take the name out of them; returns how many there were."""
    named = {"table": sql.Identifier(sort.table), "column": sql.Identifier(sort.column)}
    if sort.end(keep) == Rule.REMOVED:
        statement = _REMOVE.format(**named)
    else:
        statement = _LEAVE.format(**named, changes=changes({sort.column: "NULL", **sort.becomes}))
    return connection.execute(statement, {"user": user_id, "many": many}).rowcount


def changes(becomes: Mapping[str, str]) -> sql.Composed:
    """What stands after SET: columns with what they become, in SQL."""
    told = [sql.SQL("{} = {}").format(sql.Identifier(name), sql.SQL(to)) for name, to in becomes.items()]
    return sql.SQL(", ").join(told)


def remove_what_may_not_stay(connection: psycopg.Connection, user_id: int, sort: Sort, words: Sequence[str]) -> int:
    """Of rows that may stay by choice, those that nobody was shown, or whose text holds a name of their author, go.

    Returns how many.
    """
    if sort.rule != Rule.CHOSEN or not sort.texts:
        return 0
    statement = _NAMING.format(
        table=sql.Identifier(sort.table), column=sql.Identifier(sort.column),
        goes=sql.SQL(sort.goes),
        texts=sql.SQL(", ").join(sql.Identifier(text) for text in sort.texts),
    )  # fmt: skip
    return connection.execute(statement, {"user": user_id, "words": list(words)}).rowcount
