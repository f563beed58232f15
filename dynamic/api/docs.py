"""The document of the API, for programs and for people."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from flask import Response, current_app

from dynamic import cookies
from dynamic.api.openapi import document
from dynamic.api.routes import ROUTES
from dynamic.pages import page


def openapi() -> Response:
    """The OpenAPI document, which needs no account."""
    return Response(msgspec.json.encode(_document()), content_type="application/json")


def read() -> Response:
    """The same as a page."""
    return page("api.html", api=_document(), operations=_operations(), shapes=_shapes())


def _document() -> dict[str, Any]:
    site = current_app.extensions["site"]
    return _made(site["name"], site["url"], cookies.called(cookies.SESSION))


@cache
def _made(name: str, url: str, cookie: str) -> dict[str, Any]:
    return document(ROUTES, name, url, cookie)


def _operations() -> list[dict[str, Any]]:
    """Each operation with what its table shows."""
    return [
        {
            "method": method.upper(),
            "path": path,
            "summary": operation["summary"],
            "id": operation["operationId"],
            "parameters": [_parameter(one) for one in operation["parameters"]],
            "takes": _named(operation.get("requestBody", {})),
            "answers": [[status, one["description"], _named(one)] for status, one in operation["responses"].items()],
        }
        for path, methods in _document()["paths"].items()
        for method, operation in methods.items()
    ]


def _shapes() -> list[tuple[str, list[tuple[str, str, str, bool]], str]]:
    """Each schema: its name, its fields, and what it is."""
    return [
        (
            name,
            [
                (field, kind_of(kind), kind.get("description", ""), field in schema.get("required", ()))
                for field, kind in schema["properties"].items()
            ],
            schema.get("description", ""),
        )
        for name, schema in sorted(_document()["components"]["schemas"].items())
    ]


def _parameter(parameter: dict[str, Any]) -> list[str]:
    schema = parameter["schema"]
    return [parameter["name"], parameter["in"], kind_of(schema), schema.get("description", "")]


def _named(part: dict[str, Any]) -> str:
    """The name of the schema of a body; empty without one."""
    found = [content["schema"]["$ref"] for content in part.get("content", {}).values()]
    return str(*found).rpartition("/")[2]


def kind_of(schema: dict[str, Any]) -> str:
    """`integer`, `"planning" or "watching"`, `Entry or null`: a schema in words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(map(kind_of, schema["anyOf"]))
    if "enum" in schema:
        return " or ".join("null" if value is None else f"“{value}”" for value in schema["enum"])
    if "prefixItems" in schema:
        return f"[{', '.join(map(kind_of, schema['prefixItems']))}]"
    if schema.get("type") == "array":
        return f"list of {kind_of(schema.get('items') or {})}"
    return " ".join(filter(None, [str(schema.get("type", "anything")), schema.get("format", "")]))
