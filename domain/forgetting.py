"""Forgetting: what was kept of accounts for a while, and is of no use any more."""

from __future__ import annotations

from datetime import datetime

import psycopg

from domain.handles import BLOCKED
from domain.privacy.erasing import RECEIPT_KEPT
from domain.roles import FAN, LONGEST

OLD = {
    "answer": "DELETE FROM answer WHERE at < %(at)s - interval '1 day'",
    "session": "DELETE FROM session WHERE created_at < %(at)s - %(session)s",
    "token": "DELETE FROM token WHERE expires_at < %(at)s - interval '1 day'",
    "sign_in_failure": "DELETE FROM sign_in_failure WHERE greatest(last_at, until) < %(at)s - interval '1 day'",
    "handle_history": "DELETE FROM handle_history WHERE freed_at < %(at)s - %(handle)s",
    "review": "DELETE FROM review WHERE deleted_at < %(at)s - interval '30 days'",
    "handle_blocked": "DELETE FROM handle_blocked WHERE freed_at < %(at)s - %(handle)s",
    "erasure": "DELETE FROM erasure WHERE backups_until < %(at)s - %(receipt)s",
}
"""Table → how its old rows go."""


def forget(connection: psycopg.Connection, at: datetime) -> dict[str, int]:
    """Remove them; table → how many."""
    kept = {"at": at, "session": LONGEST[FAN], "handle": BLOCKED, "receipt": RECEIPT_KEPT}
    return {table: connection.execute(statement, kept).rowcount for table, statement in OLD.items()}
