"""Impact: which pages a set of touched tags reaches — those built from them, and those named by them."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg

from domain import manifest, tags
from sitegen.site import named_by


def affected(connection: psycopg.Connection, touched: Iterable[str]) -> set[str]:
    """Page keys, existing or to be born; touching too many only costs work, never a wrong page."""
    touched = set(touched)
    return own(touched) | readers(connection, touched)


def readers(connection: psycopg.Connection, touched: Iterable[str]) -> set[str]:
    """The pages that were built from one of these tags."""
    return set(manifest.built_with(connection, [tags.number(tag) for tag in touched]))


def own(touched: Iterable[str]) -> set[str]:
    """The pages of what was touched itself, which others only show."""
    return named_by(touched)
