"""What somebody came for is tracked once they are signed in: the title they pressed Track on, and a guest's list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import psycopg


def track_for(connection: psycopg.Connection, user_id: int, values: Mapping[str, str], at: datetime) -> None:
    """Track the title that `track` names."""
