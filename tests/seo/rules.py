"""Every rule over a page: a function of the page that yields what is wrong; its docstring says what it demands."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tests.seo.body_rules import BODY_RULES
from tests.seo.data_rules import DATA_RULES
from tests.seo.head_rules import HEAD_RULES
from tests.seo.page import Page
from tests.seo.weight_rules import WEIGHT_RULES

PageRule = Callable[[Page], Iterable[str]]

PAGE_RULES: tuple[PageRule, ...] = (*HEAD_RULES, *BODY_RULES, *DATA_RULES, *WEIGHT_RULES)
