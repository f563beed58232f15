"""Names of countries and territories, by their ISO 3166-1 code."""

from __future__ import annotations

from functools import cache


@cache
def _territories() -> dict[str, str]:
    # imported late: Babel costs start-up time that most verbs need not pay
    from babel import Locale

    return dict(Locale("en").territories)


def region_name(code: str) -> str:
    """`JP` → `Japan`; the empty code is an offer whose source names no region."""
    return _territories().get(code, code) if code else "Region not stated"
