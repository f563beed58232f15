"""The triggers that log changes: SQL made from `TRACKED`; migrations carry a copy, and a test compares the two."""

from __future__ import annotations

import re

from domain.changes import Tracked

_INSERT = "INSERT INTO change_log (source, old, new, columns)"
_COLUMNS = re.compile(r"\br\.(\w+)")


def triggers(tracked: Tracked) -> str:
    """All triggers of a table, as statements."""
    name, old, new = tracked.table, _routes(tracked, "o"), _routes(tracked, "n")
    each = "REFERENCING {0} TABLE AS {0}_rows FOR EACH STATEMENT"
    return "\n".join(
        (
            _trigger(name, "insert", "AFTER", each.format("new"), _distinct(name, "NULL::jsonb", new, "new_rows n")),
            _trigger(name, "delete", "AFTER", each.format("old"), _distinct(name, old, "NULL::jsonb", "old_rows o")),
            _trigger(name, "update", "AFTER", "FOR EACH ROW", _update(tracked)),
            _trigger(
                name, "truncate", "BEFORE", "FOR EACH STATEMENT", _distinct(name, old, "NULL::jsonb", f"{name} o")
            ),
        )
    )


def _trigger(table: str, act: str, when: str, each: str, body: str) -> str:
    return (
        f"CREATE FUNCTION log_{table}_{act}() RETURNS trigger LANGUAGE plpgsql AS $$\n{body}    RETURN NULL;\nEND $$;\n"
        f"CREATE TRIGGER log_{act} {when} {act.upper()} ON {table} {each} EXECUTE FUNCTION log_{table}_{act}();"
    )


def _routes(tracked: Tracked, row: str) -> str:
    pairs = ", ".join(f"'{name}', {sql.replace('r.', f'{row}.')}" for name, sql in tracked.routes.items())
    return f"jsonb_build_object({pairs})"


def _distinct(table: str, old: str, new: str, rows: str) -> str:
    """Everything that came or went by a statement, in one go."""
    changes = f"SELECT DISTINCT '{table}', {old}, {new}, NULL::text[] FROM {rows}"
    return f"BEGIN\n    {_INSERT}\n    {changes};\n"


def _update(tracked: Tracked) -> str:
    """Row by row, for who writes one row waits until every expression of a statement is prepared anew.

    A changed key counts as one row gone and one come. Where no route has changed the old side is left out.
    """
    source, old, new = f"'{tracked.table}'", _routes(tracked, "OLD"), _routes(tracked, "NEW")
    rekeyed = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in tracked.key)
    branches = {rekeyed: f"({source}, {old}, NULL, NULL), ({source}, NULL, {new}, NULL)"}
    declared = ""
    if tracked.shown:
        declared = f"DECLARE\n    differing text[] := array_remove(ARRAY[{_differs(tracked)}], NULL);\n"
        if routed := sorted(set(tracked.shown) & set(_COLUMNS.findall(" ".join(tracked.routes.values())))):
            branches[f"differing && '{{{','.join(routed)}}}'"] = f"({source}, {old}, {new}, differing)"
        branches["differing <> '{}'"] = f"({source}, NULL, {new}, differing)"
    tried = "    ELS".join(f"IF {when} THEN\n        {_INSERT} VALUES {rows};\n" for when, rows in branches.items())
    return f"{declared}BEGIN\n    {tried}    END IF;\n"


def _differs(tracked: Tracked) -> str:
    return ", ".join(
        f"CASE WHEN NEW.{column} IS DISTINCT FROM OLD.{column} THEN '{column}' END" for column in tracked.shown
    )
