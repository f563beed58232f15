"""Jinja made cheap: attributes read plain dicts directly, and escaping makes no objects.

Stock Jinja2 asks `getattr` before `[]` and makes a `Markup` of every value; on 40,000 pages that is most of the
build. The guarantees stay: autoescape everywhere, and a key that a document lacks is an error, not a blank.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import _escape_inner as escape_text  # type: ignore[attr-defined]

from sitegen.flatten import flatten

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
T = TypeVar("T")


def _counted(items: Sequence[T], undefined: type) -> Iterator[tuple[T, tuple[int, int]]]:
    """Each item with its place from 1 and with how many follow it; a `loop` of Jinja's takes calls in every round."""
    many = len(items)
    return zip(items, zip(range(1, many + 1), range(many - 1, -1, -1), strict=True), strict=True)


_OF_A_LOOP = {"index": "[0]", "last": "[1] == 0"}
"""What templates ask of `loop`, as it is asked of what is `_counted`."""


class _DirectGenerator(CodeGenerator):
    """Compiles `a.b` to `a["b"]` and `a[1]` to itself. Text is escaped where it stands, and the whole is one text.

    `escape_text` is what `escape` itself calls before it wraps the text; the lock file says of which version.
    """

    def visit_AssignBlock(self, node: nodes.AssignBlock, frame: Frame) -> None:
        """The page, which `flatten` made one block: as `Markup` it would be copied thrice on its way out."""
        block = frame.inner()
        block.symbols.analyze_node(node)
        self.enter_frame(block)
        self.buffer(block)
        self.blockvisit(node.body, block)
        self.writeline(f"yield concat({block.buffer})")
        self.leave_frame(block)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if not frame.eval_ctx.autoescape or frame.eval_ctx.volatile or finalize.src is not None:
            raise NotImplementedError("templates escape everything, everywhere")
        self.write("(escape_text(v) if (v := (")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write(")).__class__ is str else str(v) if v.__class__ is int else escape(v))")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        self.visit(node.node, frame)
        of_loop = isinstance(node.node, nodes.Name) and node.node.name == "loop"
        self.write(_OF_A_LOOP[node.attr] if of_loop else f"[{node.attr!r}]")

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:
        self.visit(node.node, frame)
        self.write("[")
        self.visit(node.arg, frame)
        self.write("]")


class _QuickTemplate(Template):
    @classmethod
    def from_code(cls, environment: Environment, code: Any, globals: Any, uptodate: Any = None) -> Template:
        template = super().from_code(environment, code, globals, uptodate)
        template.root_render_func.__globals__.update(escape_text=escape_text, LoopContext=_counted)
        return template


class _Environment(Environment):
    code_generator_class = _DirectGenerator
    template_class = _QuickTemplate

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        return flatten(super()._parse(source, name, filename), self._tree)

    def _tree(self, name: str) -> nodes.Template:
        """Another template as written."""
        source = (TEMPLATES / name).read_text(encoding="utf-8")
        return super()._parse(source, name, str(TEMPLATES / name))


def environment() -> Environment:
    """The environment of every page template."""
    env = _Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    return env
