"""Looking at something again and again, in a thread of its own, for as long as a block lasts."""

from __future__ import annotations

import threading
from typing import Self


class Lookout:
    """Calls `look` every so many seconds between entering and leaving."""

    every: float

    def look(self) -> None:
        """One look."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._left.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._left.wait(self.every):
            self.look()
