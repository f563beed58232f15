"""Patience with an S3 store: which of its failures may pass, and how often and how long it is asked again."""

from __future__ import annotations

import email.utils
import math
import time
from collections.abc import Callable
from threading import Lock
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError, IncompleteReadError
from botocore.parsers import ResponseParserError
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    stop_any,
    stop_before_delay,
    wait_random_exponential,
)
from tenacity.stop import stop_base

from ports.metrics import UPLOAD_RETRIES

CONNECT, ANSWER = 2.0, 5.0
"""Seconds that a store may take to accept a connection, and for which it may then be silent."""
ATTEMPTS, PATIENCE = 5, 6.0
"""How often a store is asked, and after how many seconds not again.

So one request to a store that hangs takes at most 13 s, PATIENCE and a last attempt: less than a lease lasts.
"""
_STATUSES = frozenset({429, 500, 502, 503, 504})
_CODES = frozenset({"SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "IncompleteBody"})
_BACKOFF = wait_random_exponential(multiplier=0.2, max=3)
Answer = TypeVar("Answer")


class Cut(BotoCoreError):  # type: ignore[misc]
    """An answer of which nobody can tell whether it is whole."""

    fmt = "an answer came without its {what}"


class Over(BotoCoreError):  # type: ignore[misc]
    """What was not asked any more."""

    fmt = "this process is to end"


class Kept(BotoCoreError):  # type: ignore[misc]
    """Objects that a bulk delete was to remove and did not; `code` says why."""

    fmt = "{many} objects that were to be deleted were kept; {key}: {message}"


class _Ending(stop_base):
    """When nothing is asked any more, by the monotonic clock."""

    at = math.inf

    def is_over(self) -> bool:
        return time.monotonic() > self.at

    def __call__(self, retry_state: RetryCallState) -> bool:
        return self.is_over()


class Patience:
    """Asks again for as long as that makes sense; safe for threads. `retries` counts how often it did."""

    def __init__(self) -> None:
        self.retries = 0
        self._ending = _Ending()
        self._counting = Lock()
        self._retrying = Retrying(
            retry=retry_if_exception(_may_pass), wait=_pause, before_sleep=self._count, reraise=True,
            stop=stop_any(stop_after_attempt(ATTEMPTS), stop_before_delay(PATIENCE), self._ending),
        )  # fmt: skip

    def __call__(self, ask: Callable[[], Answer]) -> Answer:
        """What `ask` returns or raises in the end; it may be called several times."""

        def asked() -> Answer:
            if self._ending.is_over():  # also after a pause that was begun before
                raise Over
            return ask()

        return self._retrying(asked)

    def end_in(self, seconds: float) -> None:
        """Nothing is asked, or asked again, later than that."""
        self._ending.at = time.monotonic() + seconds

    def _count(self, _: RetryCallState) -> None:
        with self._counting:
            self.retries += 1
        UPLOAD_RETRIES.inc()


def asked_to_wait(error: BaseException | None) -> float:
    """Seconds for which the store wants to be left alone, by `Retry-After`; 0 where it does not say."""
    if not isinstance(error, ClientError):
        return 0.0
    text = str(error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("retry-after", "")).strip()
    if text.isdecimal():
        return float(text[:9])
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, OverflowError):
        return 0.0


def _pause(state: RetryCallState) -> float:
    """Never sooner than asked: what is asked beyond PATIENCE ends it, and the caller comes back later."""
    assert state.outcome is not None
    return asked_to_wait(state.outcome.exception()) + _BACKOFF(state)


def _may_pass(error: BaseException) -> bool:
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        return status in _STATUSES or error.response.get("Error", {}).get("Code") in _CODES
    if isinstance(error, Kept):
        return error.kwargs["code"] in _CODES
    return isinstance(error, (HTTPClientError, ConnectionError, IncompleteReadError, ResponseParserError, Cut))
