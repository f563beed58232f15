"""Where an anime can be watched: services by region, and of which date that is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from domain import paths
from sitegen import labels
from sitegen.reads.batch import Row
from sitegen.regions import region_name


def panel(offers: Sequence[Row], live: Sequence[Row], slug: str, region: str) -> dict[str, Any] | None:
    """The services of the default region, each once, and a sentence about it and the others."""
    if not offers:
        return None
    here: dict[str, list[Row]] = defaultdict(list)
    for offer in live:
        if offer["region"] == region:
            here[offer["platform"]].append(offer)
    return {
        "path": paths.where_to_watch(slug),
        "here": [[name, rows[0]["url"], _kinds(rows)] for name, rows in here.items()],
        "sentence": _sentence(live, region),
    }


def _kinds(rows: Iterable[Row]) -> str:
    return ", ".join(dict.fromkeys(labels.OFFER_KINDS[row["kind"]] for row in rows))


def services(live: Iterable[Row], region: str) -> tuple[list[str], list[str], list[str]]:
    """Names of services by where they offer it: in this region, in one that is not stated, and only in others."""
    regions: dict[str, set[str]] = defaultdict(set)
    for offer in live:
        regions[offer["platform"]].add(offer["region"])
    here = [name for name, found in regions.items() if region in found]
    unstated = [name for name, found in regions.items() if region not in found and "" in found]
    return here, unstated, [name for name, found in regions.items() if not found & {region, ""}]


def _sentence(live: Sequence[Row], region: str) -> str:
    here, unstated, others = services(live, region)
    place = labels.inside(region_name(region))
    if here:
        return f"In {place}."
    if unstated:
        also = f"; elsewhere on {few(others)}" if others else ""
        return f"On {few(unstated)}, region not stated{also}."
    return f"Not in {place} as far as we know; elsewhere on {few(others)}." if others else "No service offers it now."


def few(names: Sequence[str]) -> str:
    """The first three of several names: `A, B, C and 4 more`."""
    more = [f"{len(names) - 3} more"] if len(names) > 3 else []
    return labels.listing([*names[:3], *more])


def checked(live: Iterable[Row]) -> str:
    """When the newest of these offers was checked: `Offers checked 3 July 2026.`, or nothing."""
    days = [(offer["last_checked"], offer["checked_precision"]) for offer in live if offer["last_checked"]]
    return f"Offers checked {labels.day(*max(days))}." if days else ""
