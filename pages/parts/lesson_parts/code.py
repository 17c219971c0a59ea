"""The source of something in ``genmodels``, read from the package itself: it cannot differ from what runs."""

import ast
import importlib
import inspect
import re
import textwrap
from typing import Any

import streamlit as st

from pages.parts.text import _


def show(key: str, reference: str) -> None:
    thing = find(reference)
    st.caption(where(thing))
    st.code(source(thing), language="python")


def find(reference: str) -> Any:
    """What ``genmodels.module.Class.function`` names.

    Raises:
        LookupError: There is nothing of that name in ``genmodels``.
    """
    names = reference.split(".")
    if names[0] != "genmodels":
        raise LookupError(reference)
    thing: Any = importlib.import_module(names[0])
    for i, name in enumerate(names[1:], 2):
        if not hasattr(thing, name) and inspect.ismodule(thing):
            try:
                importlib.import_module(".".join(names[:i]))
            except ModuleNotFoundError:
                raise LookupError(reference) from None
        if not hasattr(thing, name):
            raise LookupError(reference)
        thing = getattr(thing, name)
    return inspect.unwrap(thing)


def where(thing: Any, before: str = "") -> str:
    """File and line of its source, or of what follows ``before`` in it, in words."""
    lines, first = inspect.getsourcelines(thing)
    decorators = len(lines) - len(source(thing).splitlines())
    file = thing.__module__.replace(".", "/")
    return _("{file}, line {line}").format(file=f"{file}.py", line=first + decorators + before.count("\n"))


def source(thing: Any) -> str:
    """Its source, without the decorators in which its card stands."""
    text = textwrap.dedent(inspect.getsource(thing))
    first = ast.parse(text).body[0].lineno
    return "\n".join(text.splitlines()[first - 1 :])


def spot(text: str, at: str) -> tuple[int, int]:
    """Where in the Python of ``text`` an expression or statement stands first, however it is laid out there.

    Args:
        text: Source.
        at: What to look for. ``name[i]`` is argument ``i`` of a call of ``name``.

    Returns:
        Characters from its first up to, but not including, the one behind it.

    Raises:
        LookupError: It is nowhere.

    >>> text = "return Game(softplus( fake-real ), -fake)"
    >>> [text[slice(*spot(text, at))] for at in ("softplus(fake - real)", "Game[1]")]
    ['softplus( fake-real )', '-fake']
    """
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.expr | ast.stmt)]
    if argument := re.fullmatch(r"(\w+)\[(\d)\]", at):
        calls = [node for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func) == argument[1]]
        found: list[ast.AST] = [node.args[int(argument[2])] for node in calls if int(argument[2]) < len(node.args)]
    else:
        wanted = ast.unparse(ast.parse(at))
        found = [node for node in nodes if ast.unparse(node) == wanted]
    places = [(_offset(text, n.lineno, n.col_offset), _offset(text, n.end_lineno, n.end_col_offset)) for n in found]
    if not places:
        raise LookupError(at)
    return min(places)


def _offset(text: str, line: int, byte: int) -> int:
    """Characters before a place that Python gives as a line, from 1, and UTF-8 bytes in it."""
    lines = text.splitlines(keepends=True)
    return sum(map(len, lines[: line - 1])) + len(lines[line - 1].encode()[:byte].decode())
