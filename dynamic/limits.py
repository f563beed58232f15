"""Limits: how often one account or one address may ask for what costs us or others something.

Counted in Redis. While that is away each process counts for itself, and allows less: reading goes on, guessing does
not. How often a password may be wrong is counted in PostgreSQL (`domain/sign_in.py`), wherever it comes from.
"""

from __future__ import annotations

import ipaddress
import time
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, Response, current_app, g, request
from flask.typing import RouteCallable
from flask_limiter import Limiter, RequestLimit
from flask_login import current_user
from redis.backoff import NoBackoff
from redis.retry import Retry

from dynamic import forms
from ports import counters
from ports.settings import Settings

PATIENCE = 0.5
"""Seconds that Redis has: counting must not take longer than what is counted."""


@dataclass(frozen=True)
class Limit:
    """How often in all, and how often in one process while nobody counts for all."""

    together: str
    alone: str


LIMITS = {
    "auth.join": Limit("10 per hour", "3 per hour"),
    "auth.sign_in": Limit("60 per hour", "10 per hour"),
    "two_step.code": Limit("30 per hour", "5 per hour"),
    "links.reset": Limit("10 per hour", "3 per hour"),
    "links.new_password": Limit("20 per hour", "5 per hour"),
    "links.verify": Limit("20 per hour", "5 per hour"),
    "account.email": Limit("10 per hour", "3 per hour"),
    "account.verify_again": Limit("10 per hour", "3 per hour"),
    "account.handle": Limit("10 per hour", "3 per hour"),
    "data.send": Limit("10 per hour", "3 per hour"),
    "data.delete": Limit("10 per hour", "3 per hour"),
    "account.avatar": Limit("20 per hour", "5 per hour"),
    "reviews.save": Limit("30 per hour", "10 per hour"),
    "reviews.report": Limit("20 per hour", "5 per hour"),
    "profiles.card": Limit("120 per minute", "30 per minute"),
    "people.act": Limit("300 per hour", "60 per hour"),
    "api.put_review": Limit("30 per hour", "10 per hour"),
    "api.report_review": Limit("20 per hour", "5 per hour"),
}
"""Endpoint → limit, for what is dear or what helps who guesses."""
DEAR = ("profiles.card",)
"""Reads that are counted: what they answer is made for each who asks."""
OTHERS = Limit("300 per minute", "60 per minute")
"""Anything else that changes something."""
GUESSED = ("auth.sign_in", "two_step.code")
FAILED = "20 per hour"
"""Passwords and codes that were wrong, from one address."""


def install(app: Flask, settings: Settings) -> Limiter:
    """Reads are not counted, but for those that are dear. Endpoints must be there already."""
    app.extensions["reader_address"] = settings.reader_address
    with app.app_context():
        own = counters.prefix(forms.keys())
    limiter = Limiter(
        _who,
        app=app,
        default_limits=[lambda: _limit().together],
        in_memory_fallback=[lambda: _limit().alone],  # type: ignore[list-item]
        storage_uri=_storage(settings.redis_url),
        storage_options=_options(settings.redis_url),
        strategy="fixed-window",
        key_prefix=own,
        on_breach=_note,
    )
    limiter.request_filter(lambda: request.method in ("GET", "HEAD", "OPTIONS") and request.endpoint not in DEAR)
    failed = limiter.limit(FAILED, override_defaults=False, deduct_when=_was_wrong)
    for endpoint in GUESSED:
        app.view_functions[endpoint] = cast(RouteCallable, failed(app.view_functions[endpoint]))
    return limiter


def _limit() -> Limit:
    return LIMITS.get(request.endpoint or "", OTHERS)


def _who() -> str:
    """The account, else what stands for the address: who reads Redis reads none."""
    if current_user.is_authenticated:
        return counters.account(current_user.id)
    return f"address:{forms.keys().mac('address', _place().encode())[:20]}"


def _place() -> str:
    """The address; of version 6 the network of one home, which has addresses without number."""
    try:
        address = ipaddress.ip_address(_address())
    except ValueError:
        return "unknown"
    return str(address if address.version == 4 else ipaddress.ip_network((address, 64), strict=False))


def _address() -> str:
    """What our own proxy wrote last; anything before that a reader may have written."""
    header = current_app.extensions["reader_address"]
    return request.headers.get(header, "").rpartition(",")[2].strip() if header else request.remote_addr or ""


def _was_wrong(response: Response) -> bool:
    return response.status_code == 422


def _note(limit: RequestLimit) -> None:
    g.retry_after = max(1, int(limit.reset_at - time.time()))


def _storage(url: str) -> str:
    if url == "embedded:":
        return "memory://"
    return f"redis+{url}" if url.startswith("unix:") else url


def _options(url: str) -> dict[str, Any]:
    if url == "embedded:":
        return {}
    return {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE, "retry": Retry(NoBackoff(), 0)}
