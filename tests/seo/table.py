"""The rules as a table: what each demands, over how much, and who breaks it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.seo.rules import PAGE_RULES
from tests.seo.site_rules import SITE_RULES, clicks_from_home
from tests.seo.survey import Breach, Survey

SHOWN, WIDTH = 3, 150
HEADINGS = ("rule", "checked", "breaches", "what it demands")


@dataclass(frozen=True)
class Judgement:
    """One rule after all is read: `checked` is the number of pages it was asked of."""

    rule: str
    demands: str
    checked: int
    breaches: Sequence[Breach]


def judgements(site: Survey) -> list[Judgement]:
    """Every rule, those over pages first."""
    over_pages = [
        Judgement(rule.__name__, rule.__doc__ or "", len(site.pages), site.found[rule.__name__]) for rule in PAGE_RULES
    ]
    over_site = [Judgement(rule.__name__, rule.__doc__ or "", len(site.pages), list(rule(site))) for rule in SITE_RULES]
    return over_pages + over_site


def table(judged: Iterable[Judgement]) -> str:
    """A line for each rule, and below it the first offenders."""
    lines = [_line(*HEADINGS)]
    for one in judged:
        name = one.rule.replace("_", " ")
        lines.append(_line(name, f"{one.checked:,}", f"{len(one.breaches):,}" if one.breaches else "–", one.demands))
        lines += [f"    {path}: {what}"[:WIDTH] for path, what in one.breaches[:SHOWN]]
    return "\n".join(lines)


def distances(site: Survey) -> str:
    """How far from home the pages are, in words."""
    clicks = clicks_from_home(site)
    far = [clicks[path] for path in site.indexable() if path in clicks]
    counts = ", ".join(f"{far.count(many):,} at {many}" for many in sorted(set(far)))
    return f"Clicks from home: {counts}; {len(site.indexable()) - len(far):,} not reached."


def lengths(site: Survey) -> str:
    """How much the pages say that may be found; few words are no breach where they tell a fact."""
    said = sorted((page.words, path) for path, page in site.indexable().items())
    (least, path), (middle, _) = said[0], said[len(said) // 2]
    return f"Words on pages that may be found: {least:,} at least ({path}), {middle:,} at the middle."


def _line(rule: str, checked: str, breaches: str, demands: str) -> str:
    return f"{rule:<24} {checked:>8} {breaches:>9}  {demands}"
