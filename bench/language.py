"""What our templates consist of, to be written in another language: the walk over the tree that Jinja parsed.

Parents, blocks and includes are in their place already, as in our own build. A construct that no template of ours has
used yet is a KeyError: it is added here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from jinja2 import nodes
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import escape

from sitegen.assets import ASSETS
from sitegen.page import Site
from sitegen.templating import TEMPLATES, environment


def parsed(name: str) -> list[nodes.Node]:
    """The statements of one of our templates, without extends, blocks and includes."""
    filled = environment().parse((TEMPLATES / name).read_text(encoding="utf-8")).body[0]
    assert isinstance(filled, nodes.AssignBlock), "sitegen.flatten fills one list"
    return list(filled.body)


@dataclass(frozen=True)
class Language(ABC):
    """A language, at one place of a template: what names stand for here, and how many loops are around."""

    site: Site
    names: dict[str, str] = field(default_factory=dict)
    depth: int = 0

    def body(self, statements: Iterable[nodes.Node]) -> str:
        """These statements; a name that is set stands for its value from there on."""
        here, made = replace(self, names=dict(self.names)), []
        for node in statements:
            if isinstance(node, nodes.Assign):
                assert isinstance(node.target, nodes.Name)
                here.names[node.target.name] = here.expression(node.node)
            else:
                made.append(here._statement(node))
        return "".join(made)

    def expression(self, node: nodes.Node) -> str:
        """A value; what is known before any page is loaded is written out."""
        known = self._known(node)
        return self.constant(known) if known is not None else self._expressions()[type(node)](node)

    def test(self, node: nodes.Node) -> str:
        """Whether a value is there, and not empty."""
        return self.expression(node)

    def deeper(self, **names: str) -> Self:
        """The same one loop further in, where these names stand for these values."""
        return replace(self, names=self.names | names, depth=self.depth + 1)

    def _statement(self, node: nodes.Node) -> str:
        written: dict[type, Callable[[Any], str]] = {
            nodes.Output: self._output,
            nodes.Scope: lambda scope: self.body(scope.body),
            nodes.For: lambda loop: self.loop(loop.target.name, self.expression(loop.iter), loop.body),
            nodes.If: self._choice,
        }
        return written[type(node)](node)

    def _choice(self, node: nodes.If) -> str:
        assert not node.elif_, "no template of ours has elif"
        return self.condition(self.test(node.test), self.body(node.body), self.body(node.else_))

    def _output(self, node: nodes.Output) -> str:
        return self.output("".join(map(self._part, node.nodes)))

    def _part(self, node: nodes.Node) -> str:
        """Text, or a value in text; a text that is known is escaped now."""
        if isinstance(node, nodes.TemplateData):
            return self.text(node.data)
        known = self._known(node)
        return self.text(str(escape(known))) if known is not None else self.value(node)

    def _expressions(self) -> dict[type, Callable[[Any], str]]:
        return {
            nodes.Name: lambda name: self.names.get(name.name) or self.name(name.name),
            nodes.Getattr: self._attribute,
            nodes.Getitem: lambda item: self.item(self.expression(item.node), self.expression(item.arg)),
            nodes.Filter: lambda filter: self.filtered(filter.name, self.expression(filter.node)),
            nodes.Or: lambda both: self.either(self.expression(both.left), self.expression(both.right)),
            nodes.And: lambda both: self.both(self.test(both.left), self.test(both.right)),
            nodes.Not: lambda no: self.negated(self.test(no.node)),
            nodes.CondExpr: lambda if_: self.chosen(
                self.test(if_.test), self.expression(if_.expr1), self.expression(if_.expr2)
            ),
            nodes.Compare: self._beyond,
        }

    def _attribute(self, node: nodes.Getattr) -> str:
        if isinstance(node.node, nodes.Name) and node.node.name == "loop":
            assert node.attr == "last"
            return self.last()
        return f"{self.expression(node.node)}.{node.attr}"

    def _beyond(self, node: nodes.Compare) -> str:
        """`loop.index > n`: the only comparison. Peers count from 0."""
        (operand,) = node.ops
        assert isinstance(node.expr, nodes.Getattr) and (node.expr.attr, operand.op) == ("index", "gt")
        return self.from_place(self.expression(operand.expr))

    def _known(self, node: nodes.Node) -> Any:
        """A constant, or what the site and the addresses of assets are; else None."""
        if isinstance(node, nodes.Const):
            return node.value
        if isinstance(node, nodes.Filter) and node.name == "tojson":
            assert node.node is not None
            return htmlsafe_json_dumps(self._known(node.node))
        if isinstance(node, nodes.Getattr) and node.node == nodes.Name("site", "load"):
            return asdict(self.site)[node.attr]
        if isinstance(node, nodes.Getitem) and node.node == nodes.Name("assets", "load"):
            return ASSETS[node.arg.as_const()]
        return None

    @abstractmethod
    def text(self, text: str) -> str: ...

    @abstractmethod
    def value(self, node: nodes.Node) -> str: ...

    @abstractmethod
    def output(self, parts: str) -> str: ...

    @abstractmethod
    def condition(self, test: str, body: str, other: str) -> str: ...

    @abstractmethod
    def loop(self, name: str, items: str, body: list[nodes.Node]) -> str: ...

    @abstractmethod
    def constant(self, value: Any) -> str: ...

    @abstractmethod
    def name(self, name: str) -> str: ...

    @abstractmethod
    def item(self, base: str, key: str) -> str: ...

    @abstractmethod
    def filtered(self, name: str, value: str) -> str: ...

    @abstractmethod
    def either(self, one: str, other: str) -> str: ...

    @abstractmethod
    def both(self, left: str, right: str) -> str: ...

    @abstractmethod
    def negated(self, test: str) -> str: ...

    @abstractmethod
    def chosen(self, test: str, one: str, other: str) -> str: ...

    @abstractmethod
    def last(self) -> str: ...

    @abstractmethod
    def from_place(self, place: str) -> str: ...
