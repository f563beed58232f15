"""The OpenAPI document, made of the table of routes and of the types that go in and out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

import msgspec

from domain.answers import LONGEST
from dynamic.api.route import Route
from dynamic.api.shapes import Problem

VERSION = "1.0.0"
SHARED = (400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
"""What any write may be refused with."""
READING = (400, 401, 404, 409, 422, 429, 503)
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
_KINDS = {
    "uuid": {"type": "string", "format": "uuid"},
    "int": {"type": "integer", "minimum": 0, "maximum": 2**53},
    None: {"type": "string"},
}
_ABOUT = """
The list of whoever is signed in, as the pages of this site use it. Answers are for one person: no cache keeps them.

**Signing in** is by the cookie that the site sets. Writes, also those without a body, are taken from pages of this
site only: they say `Content-Type: application/json`, and `Sec-Fetch-Site: same-origin` or the site's own `Origin`.
A page that was loaded a while ago sends `Autotrack-Account`, the `account` of `GET /me`: if somebody else is signed in
by then, the answer is 409.

**Writes that are sent twice** count once where they carry the same `Idempotency-Key`: the second is answered as the
first, for a day.

**Two devices**: an entry's `ETag` is its version. A write with `If-Match` is refused with 412, and with the entry as it
is now, if somebody else was faster.

**Undo**: each write answers with the number of its change; `POST /me/changes/{id}/undo` takes it back exactly.

**Dates** are as exact as somebody knows: a moment, a day, a month, a year, or null. None is ever made up.

**All of it**: `GET /me/export` sends a zip of everything that is held of you, as JSON and CSV;
`/export.schema.json` is the JSON Schema of it.

**Lists** are read page by page: send `next` as `after`.
""".strip()


def document(routes: tuple[Route, ...], name: str, url: str, cookie: str) -> dict[str, Any]:
    """The whole document, as plain data; `cookie` is what the cookie of a session is called here."""
    _, schemas = msgspec.json.schema_components(_types(routes), ref_template="#/components/schemas/{name}")
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(_PARAMETER.sub(r"{\2}", route.path), {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{name}: your list", "version": VERSION, "description": _ABOUT},
        "servers": [{"url": f"{url}/api/v1"}],
        "security": [{"session": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": cookie}},
        },
    }


def _types(routes: Iterable[Route]) -> list[Any]:
    found = [Problem]
    for route in routes:
        found += [type for type in (*route.answers.values(), route.body) if type]
    return list(dict.fromkeys(found))


def _operation(route: Route) -> dict[str, Any]:
    answers = {str(status): _answer(route, status, type) for status, type in route.answers.items()}
    refusals = {str(status): _refusal(status) for status in refusals_of(route)}
    if route.conditional and not route.writes:
        refusals["304"] = {"description": _phrase(304)}
    body = {"requestBody": _body(route.body)} if route.body else {}
    return {
        "operationId": route.name,
        "summary": route.summary,
        "parameters": [*_in_path(route), *_in_query(route), *_in_headers(route)],
        **body,
        "responses": dict(sorted((answers | refusals).items())),
    }


def refusals_of(route: Route) -> Sequence[int]:
    """The statuses with which a route may say no."""
    stale = (412,) if route.conditional and route.writes else ()
    return sorted({*(SHARED if route.writes else READING), *stale})


def _answer(route: Route, status: int, type: Any) -> dict[str, Any]:
    headers = {"ETag": {"description": "The version", "schema": {"type": "string"}}} if route.conditional else {}
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{type.__name__}"}}}
    told = (type.__doc__ or "").partition("\n")[0]
    return {"description": told, "content": content} | ({"headers": headers} if headers else {})


def _refusal(status: int) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": _phrase(status), "content": content}


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase


def _body(type: Any) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{type.__name__}"}}}
    return {"required": True, "content": content}


def _in_path(route: Route) -> list[dict[str, Any]]:
    found = _PARAMETER.findall(route.path)
    return [{"name": name, "in": "path", "required": True, "schema": _KINDS[kind or None]} for kind, name in found]


def _in_query(route: Route) -> list[dict[str, Any]]:
    """Each field of the type is a parameter, with what the type says of it."""
    if route.query is None:
        return []
    schema = msgspec.json.schema(route.query)["$defs"][route.query.__name__]
    return [
        {"name": name, "in": "query", "required": False, "schema": _optional(kind)}
        for name, kind in schema["properties"].items()
    ]


def _optional(schema: dict[str, Any]) -> dict[str, Any]:
    """Without the null that stands for a parameter that is not there."""
    plain: dict[str, Any] = {name: value for name, value in schema.items() if name != "default"}
    if "anyOf" in plain:
        (kind,) = [one for one in plain.pop("anyOf") if one.get("type") != "null"]
        plain |= kind
    if "enum" in plain:
        plain["enum"] = [value for value in plain["enum"] if value is not None]
    return plain


def _in_headers(route: Route) -> list[dict[str, Any]]:
    key: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[A-Za-z0-9_-]+$"}
    tag: dict[str, Any] = {"type": "string", "pattern": '^(\\*|"[0-9]{1,9}(-[0-9]{1,9})?")$'}
    wanted = {"Idempotency-Key": key} if route.writes else {}
    if route.conditional:
        wanted["If-Match" if route.writes else "If-None-Match"] = tag
    return [{"name": name, "in": "header", "required": False, "schema": schema} for name, schema in wanted.items()]
