"""The source of something in ``genmodels``, read from the package itself: it cannot differ from what runs."""

import ast
import importlib
import inspect
import textwrap
from typing import Any

import streamlit as st


def show(key: str, reference: str) -> None:
    thing = find(reference)
    first = inspect.getsourcelines(thing)[1]
    st.caption(f"`{inspect.getmodule(thing).__name__.replace('.', '/')}.py`, line {first}")
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


def source(thing: Any) -> str:
    """Its source, without the decorators in which its card stands."""
    text = textwrap.dedent(inspect.getsource(thing))
    first = ast.parse(text).body[0].lineno
    return "\n".join(text.splitlines()[first - 1 :])
