"""An app on a busy machine: nobody is sent away, or counted otherwise, because a server was slow to answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from ports.database import Patience, pool

SECONDS = 60


@contextmanager
def patient() -> Iterator[None]:
    """Apps that are made, and serve, meanwhile wait for PostgreSQL, Redis and pictures as long as that takes."""
    waits = Patience(connect=SECONDS, statement=SECONDS, lock=SECONDS, idle=SECONDS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dynamic.transaction.pool", partial(pool, patience=waits))
        for place in ("dynamic.limits", "ports.passwords", "ports.pictures"):
            patch.setattr(f"{place}.PATIENCE", float(SECONDS))
        yield
