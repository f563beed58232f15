"""Structured data against the schemas beside this file: one for each type that a page may be marked with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from jsonschema.exceptions import best_match  # type: ignore[import-untyped]
from referencing import Registry, Resource

SCHEMAS = Path(__file__).parent / "schemas"
PARTS = "parts"
"""What several types share; no type itself."""
SHOWN = 100


def types() -> list[str]:
    """The types that a page may be marked with."""
    return sorted(set(_read()) - {PARTS})


def breaches_of(data: dict[str, Any]) -> Iterator[str]:
    """What is wrong with one JSON-LD object, each with its place in it."""
    kind = data.get("@type")
    if kind not in types():
        yield f"no schema for {kind!r}"
        return
    if "@context" not in data:
        yield f"{kind} without @context"
    for outer in sorted(_validator(kind).iter_errors(data), key=lambda error: error.json_path):
        error = best_match([outer])  # of several ways to be right, the one that is nearest
        yield f"{kind} {error.json_path.removeprefix('$')} {error.message[:SHOWN]}"


@cache
def _read() -> dict[str, Any]:
    return {file.stem: json.loads(file.read_text()) for file in SCHEMAS.glob("*.json")}


@cache
def _validator(kind: str) -> Draft202012Validator:
    """The formats stand in the schemas as patterns too: libraries check them only where others are installed."""
    schemas = _read()
    resources = [(f"{name}.json", Resource.from_contents(schema)) for name, schema in schemas.items()]
    return Draft202012Validator(
        schemas[kind],
        registry=Registry().with_resources(resources),
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )
