"""The words in which a column is classified, and what becomes of a row that names somebody who leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Class(StrEnum):
    """Who may read a column."""

    PUBLIC = "public"
    """Anybody."""
    PERSONAL = "personal"
    """Whoever it is about, and those they let."""
    SECRET = "secret"
    """Nobody: it proves who somebody is, or stands for a name that is not to be read."""
    DERIVED = "derived"
    """It follows from other columns or from our machinery, and says nothing of its own."""


class Rule(StrEnum):
    """What becomes of a column when somebody leaves."""

    REMOVED = "removed"
    """The row goes."""
    CHOSEN = "chosen"
    """The row goes, or stays without its author, as they wish; one that holds their own names goes in any case."""
    ANONYMISED = "anonymised"
    """The row stays, and names nobody."""
    REPOINTED = "re-pointed"
    """The row is an act of the staff or about others; it stays, and its actor is nobody any more."""
    RECOMPUTED = "recomputed"
    """A figure over many people, counted again without them."""
    KEPT = "kept"
    """It says nothing of anybody, or must stay for a reason that is given."""


STAYS = frozenset({Rule.CHOSEN, Rule.ANONYMISED, Rule.REPOINTED})
"""Rules by which a row may outlive the person whom it named."""


@dataclass(frozen=True)
class Name:
    """A column that holds the id of an account: what becomes of the row, and whether it is theirs to download."""

    rule: Rule = Rule.REMOVED
    theirs: bool = True


@dataclass(frozen=True)
class Table:
    """A table: what people call its rows, what they are for, and its columns by class, as words.

    `names` are its columns that name an account. Where a row stays, if only for a while, `becomes` says in SQL what
    columns become, and `kept` why others may stay as they are; `goes` in SQL which rows go even where others stay by
    choice. `by` says how rows go that no column ties to an account. `recomputed` are derived columns that follow from
    people's rows.
    """

    called: str
    why: str
    public: str = ""
    personal: str = ""
    secret: str = ""
    derived: str = ""
    names: Mapping[str, Name] = field(default_factory=dict)
    becomes: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)
    by: str = ""
    recomputed: str = ""
    goes: str = "false"

    @property
    def columns(self) -> dict[str, Class]:
        """Each column with its class."""
        return {column: kind for kind in Class for column in getattr(self, kind.value).split()}

    @property
    def is_about_people(self) -> bool:
        """Whether it holds anything that is somebody's."""
        return bool(self.names or self.by)

    @property
    def exported(self) -> tuple[str, ...]:
        """What a download shows of a row: all but secrets and ids of accounts; nothing where all is derived."""
        if not (self.names and (self.public or self.personal)):
            return ()
        return tuple(name for name, kind in self.columns.items() if kind != Class.SECRET and name not in self.names)

    def rule_of(self, column: str) -> Rule:
        """What becomes of a column when somebody leaves whom the row names."""
        rules = {name.rule for name in self.names.values()}
        if column in self.recomputed.split():
            return Rule.RECOMPUTED
        if not self.is_about_people:
            return Rule.KEPT
        if column in self.names:
            return self.names[column].rule
        if column in self.kept:
            return Rule.KEPT
        if not rules & STAYS:
            return Rule.REMOVED
        return Rule.ANONYMISED if column in self.becomes else sorted(rules & STAYS)[0]
