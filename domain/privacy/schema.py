"""The JSON Schema of a download, from what is held and from the types that PostgreSQL knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg

from domain.privacy.classes import Table
from domain.privacy.held import PEOPLE
from domain.privacy.parts import FORMAT, Part, parts

TYPES: Mapping[str, dict[str, Any]] = {
    "bigint": {"type": "integer"},
    "integer": {"type": "integer"},
    "smallint": {"type": "integer"},
    "double precision": {"type": "number"},
    "boolean": {"type": "boolean"},
    "text": {"type": "string"},
    "text[]": {"type": "array", "items": {"type": "string"}},
    "uuid": {"type": "string", "format": "uuid"},
    "date": {"type": "string", "format": "date"},
    "timestamp with time zone": {"type": "string", "format": "date-time"},
    "jsonb": {"type": ["object", "array", "string", "number", "boolean", "null"]},
}
"""Type of PostgreSQL → what becomes of it in JSON. A type that is not here is a mistake of ours, and says so."""
BESIDE = {
    "title": {"type": ["string", "null"], "description": "The anime by its title of today"},
    "page": {"type": ["string", "null"], "description": "Where it stands here"},
    "external_ids": {"type": ["object", "null"], "description": "By what other sites know the anime"},
}
_COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, NULL), NOT a.attnotnull,
    coalesce(col_description(c.oid, a.attnum), '')
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY (%s) AND a.attnum > 0 AND NOT a.attisdropped
"""


def schema(connection: psycopg.Connection, address: str, held: Mapping[str, Table] = PEOPLE) -> dict[str, Any]:
    """What `autotrack.json` of a download looks like; `address` is where this schema is published."""
    kinds = parts(held)
    columns: dict[str, dict[str, dict[str, Any]]] = {part.name: {} for part in kinds}
    for table, column, kind, optional, comment in connection.execute(_COLUMNS, [list(columns)]):
        columns[table][column] = _typed(kind, optional, comment) if column in held[table].exported else {}
    told = {part.name: _part(part, columns[part.name], held[part.name]) for part in kinds}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address,
        "title": "Everything that is held of one person",
        "type": "object",
        "required": ["format", "exported_at", "site", *told],
        "additionalProperties": False,
        "properties": {
            "format": {"const": FORMAT},
            "exported_at": {"type": "string", "format": "date-time"},
            "site": {"type": "string"},
            **told,
        },
    }


def _part(part: Part, columns: Mapping[str, dict[str, Any]], table: Table) -> dict[str, Any]:
    properties = {name: columns.get(name) or BESIDE.get(name, {"type": ["string", "null"]}) for name in part.columns}
    row = {
        "type": "object", "required": list(properties), "additionalProperties": False, "properties": properties,
    }  # fmt: skip
    said = {"description": f"{table.called[:1].upper()}{table.called[1:]}: {table.why}"}
    return said | (row if part.is_one else {"type": "array", "items": row})


def _typed(kind: str, optional: bool, comment: str) -> dict[str, Any]:
    found = dict(TYPES[kind])
    if optional and isinstance(found["type"], str):
        found["type"] = [found["type"], "null"]
    return found | ({"description": comment} if comment else {})
