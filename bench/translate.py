"""Our templates in the languages of the peers: Go templates for Hugo, JavaScript functions for Eleventy."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import nodes

from bench.language import Language, parsed
from sitegen.page import Site

BOOLEAN = (nodes.And, nodes.Not, nodes.Compare)
_DECLARATION = re.compile(r"<\?xml.*?\?>")


def for_hugo(template: str, site: Site) -> str:
    """A layout for the document with the number `.Params.number` in the data of the page's type."""
    layout = Go(site).body(parsed(template))
    found = "{{- $page := (index (index hugo.Data .Type) .Params.number).page -}}\n"
    return found + layout if "$page" in layout else layout


def for_eleventy(templates: Iterable[str], site: Site) -> str:
    """A module of `templates`: functions from a document to a page, by the template's stem."""
    bodies = {Path(template).stem: JavaScript(site).body(parsed(template)) for template in templates}
    functions = [f"{name}(page) {{\nlet out = ``;\n{body}return out;\n}},\n" for name, body in bodies.items()]
    return f'import {{ escape, some }} from "./values.js";\n\nexport const templates = {{\n{"".join(functions)}}};\n'


@dataclass(frozen=True)
class Go(Language):
    """Templates of Go, with Hugo's functions; they escape by place. Calls stand in parentheses."""

    def text(self, text: str) -> str:
        return _DECLARATION.sub(lambda found: f"{{{{ `{found[0]}` | safeHTML }}}}", text)

    def value(self, node: nodes.Node) -> str:
        return f"{{{{ {_bare(self.expression(node))} }}}}"

    def output(self, parts: str) -> str:
        return parts

    def condition(self, test: str, body: str, other: str) -> str:
        otherwise = "{{ else }}" + other if other else ""
        return f"{{{{ if {_bare(test)} }}}}{body}{otherwise}{{{{ end }}}}"

    def loop(self, name: str, items: str, body: list[nodes.Node]) -> str:
        at, last = f"$at{self.depth}", f"$last{self.depth}"
        inner = self.deeper(**{name: f"${name}"}).body(body)
        counted = f"{{{{ {last} := sub (len {items}) 1 }}}}" if last in inner else ""
        return f"{counted}{{{{ range {at}, ${name} := {_bare(items)} }}}}{inner}{{{{ end }}}}"

    def constant(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    def name(self, name: str) -> str:
        return f"${name}"

    def item(self, base: str, key: str) -> str:
        return f"(index {base} {key})"

    def filtered(self, name: str, value: str) -> str:
        return {"script": f"({value} | safeJS)", "length": f"(len {value})"}[name]

    def either(self, one: str, other: str) -> str:
        return f"(or {one} {other})"

    def both(self, left: str, right: str) -> str:
        return f"(and {left} {right})"

    def negated(self, test: str) -> str:
        return f"(not {test})"

    def chosen(self, test: str, one: str, other: str) -> str:
        return f"(cond {test} {one} {other})"

    def last(self) -> str:
        return f"(eq $at{self.depth - 1} $last{self.depth - 1})"

    def from_place(self, place: str) -> str:
        return f"(ge $at{self.depth - 1} {place})"


def _bare(expression: str) -> str:
    """A call that stands alone, without its parentheses."""
    return expression[1:-1] if expression.startswith("(") and expression.endswith(")") else expression


@dataclass(frozen=True)
class JavaScript(Language):
    """Statements that add to `out`; `some` says whether a value is there, for an empty list is true in JavaScript."""

    def test(self, node: nodes.Node) -> str:
        if isinstance(node, nodes.Or):
            return f"({self.test(node.left)} || {self.test(node.right)})"
        written = self.expression(node)
        return written if isinstance(node, BOOLEAN) or written == self.last() else f"some({written})"

    def text(self, text: str) -> str:
        return re.sub(r"([\\`]|\$\{)", r"\\\1", text)

    def value(self, node: nodes.Node) -> str:
        written = isinstance(node, nodes.Filter) and node.name == "script"
        return f"${{{self.expression(node)}}}" if written else f"${{escape({self.expression(node)})}}"

    def output(self, parts: str) -> str:
        return f"out += `{parts}`;\n"

    def condition(self, test: str, body: str, other: str) -> str:
        otherwise = f" else {{\n{other}}}" if other else ""
        return f"if ({test}) {{\n{body}}}{otherwise}\n"

    def loop(self, name: str, items: str, body: list[nodes.Node]) -> str:
        at, list_ = f"at{self.depth}", f"list{self.depth}"
        inner = self.deeper(**{name: name}).body(body)
        head = f"for (let {at} = 0, {list_} = {items}; {at} < {list_}.length; {at}++)"
        return f"{head} {{\nconst {name} = {list_}[{at}];\n{inner}}}\n"

    def constant(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    def name(self, name: str) -> str:
        return name

    def item(self, base: str, key: str) -> str:
        return f"{base}[{key}]"

    def filtered(self, name: str, value: str) -> str:
        return {"script": value, "length": f"{value}.length"}[name]

    def either(self, one: str, other: str) -> str:
        return f"({one} || {other})"

    def both(self, left: str, right: str) -> str:
        return f"({left} && {right})"

    def negated(self, test: str) -> str:
        return f"!{test}"

    def chosen(self, test: str, one: str, other: str) -> str:
        return f"({test} ? {one} : {other})"

    def last(self) -> str:
        return f"(at{self.depth - 1} === list{self.depth - 1}.length - 1)"

    def from_place(self, place: str) -> str:
        return f"at{self.depth - 1} >= {place}"
