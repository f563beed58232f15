"""The Reader: the only way in which a page reaches data; whatever it returns it also writes down."""

from __future__ import annotations

from sitegen.reads.counts import CountReads
from sitegen.reads.lists import ListReads
from sitegen.reads.reviews import ReviewReads
from sitegen.reads.story import StoryReads


class Reader(StoryReads, ReviewReads, ListReads, CountReads):
    """All verbs. One Reader serves one batch of pages from one snapshot; see `reads/` for each verb."""

    def begin(self) -> None:
        """A new page starts: forget what the last one read."""
        self.tags = set()
