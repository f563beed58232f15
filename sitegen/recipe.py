"""Recipes: a fingerprint of everything but data that decides a page's bytes, so that a deploy dirties what it changes."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from pathlib import Path

import jinja2
from jinja2 import Environment, meta

from sitegen.page import PageType, Site
from sitegen.templating import TEMPLATES

ROOM = Path(__file__).resolve().parent
SHARED = sorted([*ROOM.glob("*.py"), *ROOM.glob("reads/*.py"), ROOM.parent / "domain/paths.py", ROOM.parent / "domain/seasons.py"])


def recipe(kind: PageType, site: Site, environment: Environment) -> bytes:
    """16 bytes that change when the kind's module, its templates, what all kinds share, or the site's name changes."""
    digest = hashlib.blake2b(_shared(), digest_size=16)
    digest.update(repr((site, kind.kind, kind.content_type)).encode())
    module = sys.modules[kind.load.__module__].__file__
    assert module is not None
    digest.update(_bytes(Path(module)))
    for name in sorted(_closure(kind.template, environment)):
        digest.update(_bytes(TEMPLATES / name))
    return digest.digest()


@cache
def _bytes(path: Path) -> bytes:
    return hashlib.blake2b(path.read_bytes()).digest()


@cache
def _shared() -> bytes:
    versions = f"{jinja2.__version__}".encode()
    return hashlib.blake2b(versions + b"".join(_bytes(path) for path in SHARED)).digest()


def _closure(name: str, environment: Environment) -> set[str]:
    """A template and every template that it extends, includes or imports."""
    found, todo = set[str](), [name]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += _referenced(name, environment)
    return found


def _referenced(name: str, environment: Environment) -> list[str]:
    source = (TEMPLATES / name).read_text(encoding="utf-8")
    return [other for other in meta.find_referenced_templates(environment.parse(source)) if other]
