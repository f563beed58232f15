"""The one metadata in which every table of the app is declared."""

from __future__ import annotations

from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """Base of every table; the migrations make the tables, and a test compares the two."""
