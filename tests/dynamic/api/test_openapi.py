"""The document of the API says what the application does, and is made of nothing else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from dynamic.api.routes import ROUTES

OUTSIDE = {"openapi", "docs", "nowhere", "export", "export_schema"}
"""What needs no account, or is no JSON, and stands in no table."""


def test_the_document_holds_every_route_of_the_application_and_no_other(app: Flask, document: dict[str, Any]) -> None:
    served = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule).removeprefix("/api/v1"))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.") and rule.endpoint.removeprefix("api.") not in OUTSIDE
        for method in rule.methods or ()
        if method not in ("HEAD", "OPTIONS")
    }
    told = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert told == served == {(route.method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.path)) for route in ROUTES}


def test_every_schema_is_one_and_is_found_where_it_is_named(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    named = set(re.findall(r"#/components/schemas/(\w+)", str(document)))
    assert named == set(schemas)


def test_every_operation_says_how_it_may_be_refused(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            refused = {status for status in operation["responses"] if status >= "400"}
            assert {"401", "422"} <= refused, (method, path)
            assert ("415" in refused) == (method != "get"), (method, path)


def test_names_are_told_in_answers_only_that_a_fan_may_read(document: dict[str, Any]) -> None:
    fields = {name for schema in document["components"]["schemas"].values() for name in schema["properties"]}
    assert fields.isdisjoint({"id", "user_id", "email", "password", "ip", "hash", "session", "totp_seed"})


def test_it_is_readable_without_an_account(client: FlaskClient, document: dict[str, Any]) -> None:
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    for path in document["paths"]:
        assert path in page.text
    for name in document["components"]["schemas"]:
        assert f'id="{name}"' in page.text
    assert document["components"]["securitySchemes"]["session"]["name"] == "session"  # on this machine
    assert re.findall(r'(?:src|href)="(?:https?:)?//', page.text) == []


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    answer = client.get("/api/v1/openapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    document: dict[str, Any] = answer.json
    assert document["openapi"].startswith("3.1")
    return document
