"""The offers of one anime: several rows for one (platform, region, kind) are folded into the best of them."""

from __future__ import annotations

from domain.catalogue import said

Key = tuple[str, str, str]


def key_of(offer: said.Offer) -> Key:
    return offer.site, offer.region, offer.kind


def _checked(offer: said.Offer) -> tuple[str, str]:
    return offer.checked or ("", "")


def fold(group: list[said.Offers]) -> tuple[said.Offers, int]:
    """One record of an anime's rows: per key the newest look, then the smallest address; and how many rows lost."""
    best: dict[Key, tuple[said.Offer, int]] = {}
    for number, record in enumerate(group):
        for offer in record.rows:
            rival = best.get(key_of(offer))
            if rival is None or _better(offer, rival[0]):
                best[key_of(offer)] = (offer, number)
    also = min((record.also for record in group if record.also), default=None)
    winners = {number for _, number in best.values()}
    return said.Offers(also, [best[key][0] for key in sorted(best)]), len(group) - len(winners)


def _better(offer: said.Offer, rival: said.Offer) -> bool:
    if _checked(offer) != _checked(rival):
        return _checked(offer) > _checked(rival)
    return (offer.url, offer.label or "", offer.first_seen or "") < (
        rival.url,
        rival.label or "",
        rival.first_seen or "",
    )


def unite(old: said.Offers, new: said.Offers) -> said.Offers:
    """What was offered before and what a later file says: of one key the newest look, then the later file's word."""
    offers = {key_of(offer): offer for offer in old.rows}
    for offer in new.rows:
        rival = offers.get(key_of(offer))
        if rival is None or _checked(offer) >= _checked(rival):
            offers[key_of(offer)] = offer
    return said.Offers(new.also or old.also, [offers[key] for key in sorted(offers)])
