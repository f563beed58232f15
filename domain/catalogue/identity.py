"""Which of our anime a record speaks of: external ids decide, and only those that mean one thing."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from domain.catalogue import said
from domain.catalogue.providers import METADATA_ONLY, rank

NAMESPACE = uuid.UUID("6e0d2b1c-94a7-5d0e-8f53-2f6c8b1a7e40")


class IdIndex:
    """External id → our anime; `moved` remembers where an id pointed before this import."""

    def __init__(self) -> None:
        self._anime: dict[str, str] = {}
        self._others: dict[str, set[str]] = {}
        self._per_provider: Counter[tuple[str, str]] = Counter()
        self.known: set[str] = set()
        self.moved: dict[str, str | None] = {}

    def load(self, anime_id: str, ids: dict[str, list[str]]) -> None:
        """Take in an anime as the database has it."""
        self.known.add(anime_id)
        for provider, values in ids.items():
            if provider not in METADATA_ONLY:
                self._per_provider[anime_id, provider] += len(values)
                for value in values:
                    self._point(f"{provider}:{value}", anime_id)

    def now(self, external_id: str | None) -> str | None:
        return self._anime.get(external_id) if external_id else None

    def before(self, external_id: str | None) -> str | None:
        """Where the id pointed when the import began."""
        if external_id in self.moved:
            return self.moved[external_id]
        return self.now(external_id)

    def has(self, anime_id: str, provider: str) -> bool:
        """Whether an anime is known under an id of this provider."""
        return bool(self._per_provider.get((anime_id, provider)))

    def owners(self, external_id: str) -> set[str]:
        anime = self._anime.get(external_id)
        return ({anime} if anime else set()) | self._others.get(external_id, set())

    def give(self, anime_id: str, old: Iterable[str], new: Iterable[str]) -> None:
        """An anime's ids were `old` and are `new`."""
        self.known.add(anime_id)
        kept = set(new)
        for external_id in old:
            if external_id not in kept and self._anime.get(external_id) == anime_id:
                self.moved.setdefault(external_id, anime_id)
                del self._anime[external_id]
                self._per_provider[anime_id, external_id.partition(":")[0]] -= 1
        for external_id in kept:
            if self._anime.get(external_id) != anime_id:
                self.moved.setdefault(external_id, self._anime.get(external_id))
                self._anime[external_id] = anime_id
                self._per_provider[anime_id, external_id.partition(":")[0]] += 1

    def _point(self, external_id: str, anime_id: str) -> None:
        # Two of ours with one id: the index answers the smaller, and a release entry with it matches both.
        holder = self._anime.setdefault(external_id, anime_id)
        if holder != anime_id:
            self._others.setdefault(external_id, set()).add(max(holder, anime_id))
            self._anime[external_id] = min(holder, anime_id)


@dataclass
class Matching:
    """Entries of one release file beside the anime that they are."""

    anime: dict[int, str] = field(default_factory=dict)
    candidates: dict[int, list[str]] = field(default_factory=dict)
    fresh: list[int] = field(default_factory=list)


def split_shared(entries: list[said.Release]) -> dict[str, int]:
    """Move the ids that stand on several of the entries from `ids` to `shared`; returns them with their number."""
    count = Counter(external_id for entry in entries for external_id in entry.ids)
    shared = {external_id: times for external_id, times in count.items() if times > 1}
    if shared:
        for entry in entries:
            if not shared.keys().isdisjoint(entry.ids):
                entry.shared = [external_id for external_id in entry.ids if external_id in shared]
                entry.ids = [external_id for external_id in entry.ids if external_id not in shared]
    return shared


def match(entries: list[said.Release], index: IdIndex) -> Matching:
    """Find each entry's anime; two entries never get one anime, one entry never two.

    An entry with ids of two of ours is the one that no other entry of the file names alone: the other id has moved.
    """
    result = Matching()
    owners_of = [_owners(entry, index) for entry in entries]
    named_alone = {owner for owners in owners_of if len(owners) == 1 for owner in owners}
    claims: dict[str, list[tuple[int, tuple[int, str], int]]] = {}
    for number, (entry, owners) in enumerate(zip(entries, owners_of, strict=True)):
        if len(owners) > 1:
            owners = owners - named_alone
        if len(owners) > 1:
            result.candidates[number] = sorted(owners)
        elif owners:
            (owner,) = owners
            hits = [external_id for external_id in entry.ids if owner in index.owners(external_id)]
            claims.setdefault(owner, []).append((-len(hits), min(map(rank, hits), default=(99, "")), number))
        else:
            result.fresh.append(number)
    for owner, claim in claims.items():
        # The entry with most of the anime's ids is it; the others are anime of their own.
        claim.sort()
        result.anime[claim[0][2]] = owner
        result.fresh.extend(number for _, _, number in claim[1:])
    result.fresh.sort()
    return result


def _owners(entry: said.Release, index: IdIndex) -> set[str]:
    if not entry.ids and nameless_id(entry) in index.known:
        return {nameless_id(entry)}
    return {owner for external_id in entry.ids for owner in index.owners(external_id)}


def new_id(entry: said.Release, taken: set[str]) -> str:
    """An id for a new anime that is the same wherever the same entry is imported first."""
    if not entry.ids:
        return nameless_id(entry)
    name = " ".join(sorted(entry.ids))
    salt = 0
    while (found := str(uuid.uuid5(NAMESPACE, f"{name} {salt}" if salt else name))) in taken:
        salt += 1
    return found


def nameless_id(entry: said.Release) -> str:
    """The id of an entry all of whose external ids stand on other entries too: by those, title, format and year."""
    name = " ".join([*sorted(entry.shared), entry.title, entry.format, str(entry.year)])
    return str(uuid.uuid5(NAMESPACE, f"nameless {name}"))
