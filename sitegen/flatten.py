"""Templates flattened before they are compiled: parents, blocks and includes become one template that fills a list.

As written, every piece of text would pass through a generator for each `extends`, `block` and `include` around it,
and each include would make a context of its own; on 40,000 pages that is half of the rendering.
"""

from __future__ import annotations

from collections.abc import Callable

from jinja2 import nodes

Parse = Callable[[str], nodes.Template]


def flatten(template: nodes.Template, parse: Parse) -> nodes.Template:
    """The same template without `extends`, `block` and `include`; `parse` gives the tree of another one by name."""
    body = _inline(_with_parent(template.body, parse), parse)
    # an assigned block is compiled to list.extend() calls; only what it fills is yielded
    template.body = [nodes.AssignBlock(nodes.Name("flattened", "store"), None, body)]
    for node in template.find_all(nodes.Node):
        node.environment = template.environment
    return template


def _with_parent(body: list[nodes.Node], parse: Parse) -> list[nodes.Node]:
    """The parent's body with this template's blocks in place of its own; what stands outside of blocks is dropped."""
    parent = next((node for node in body if isinstance(node, nodes.Extends)), None)
    if parent is None:
        return body
    assert isinstance(parent.template, nodes.Const), "a parent is named by a literal"
    blocks = {node.name: node for node in body if isinstance(node, nodes.Block)}
    tree = nodes.Template(_with_parent(parse(parent.template.value).body, parse))
    for block in tree.find_all(nodes.Block):
        if block.name in blocks:
            block.body = blocks[block.name].body
    return tree.body


def _inline(body: list[nodes.Node], parse: Parse) -> list[nodes.Node]:
    """Blocks become scopes, and includes what they include."""
    flat: list[nodes.Node] = []
    for node in body:
        if isinstance(node, nodes.Block):
            flat.append(nodes.Scope(_inline(node.body, parse)))
        elif isinstance(node, nodes.Include):
            assert isinstance(node.template, nodes.Const), "an include is named by a literal"
            flat += _inline(parse(node.template.value).body, parse)
        else:
            _inline_below(node, parse)
            flat.append(node)
    return flat


def _inline_below(node: nodes.Node, parse: Parse) -> None:
    for field in ("body", "else_"):
        if isinstance(getattr(node, field, None), list):
            setattr(node, field, _inline(getattr(node, field), parse))
    for branch in getattr(node, "elif_", ()):
        _inline_below(branch, parse)
