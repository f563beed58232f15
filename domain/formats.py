"""Formats: in which form an anime came out, as it is kept and as readers see it."""

from __future__ import annotations

NAMES = {"tv": "TV", "movie": "Movie", "ova": "OVA", "ona": "ONA", "special": "Special", "unknown": "Other"}
