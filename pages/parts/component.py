"""How the interactive parts are declared: a folder with ``<name>.html``, ``<name>.js`` and ``<name>.css`` in it."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

MOST_SCRIPT_BYTES = 15_000
"""The script of a component travels again with every message that changes, so it has to stay small..."""
MOST_CONSTANT_SCRIPT_BYTES = 30_000
"""...unless its message never changes."""
_CANVAS = Path(__file__).parent / "canvas.js"
EDGES = Path(__file__).parent / "edges.css"
"""Lets what scrolls sideways fade at the edges beyond which it goes on."""
_PLAYER = Path(__file__).parent / "player.css"


def component(
    folder: Path, *, constant: bool = False, canvas: bool = False, edges: bool = False, player: bool = False
) -> Callable[..., Any]:
    """Declare the component that lives in ``folder`` and return its mounting function.

    Call it once, when the module is imported; the name of the folder is the name of the component and of its files.

    Args:
        folder: Where its files lie.
        constant: Its data stay the same as long as the page is open; what changes reaches it in another way.
        canvas: It draws on a canvas: ``canvas.js`` stands before its own script.
        edges: Something in it scrolls sideways: ``edges.css`` stands before its own style.
        player: It has a button that plays and a slider beside it: ``player.css`` stands before its own style.

    Raises:
        ValueError: The script is larger than ``MOST_SCRIPT_BYTES``, or ``MOST_CONSTANT_SCRIPT_BYTES`` if ``constant``.
    """
    html, script, style = (_text(folder / f"{folder.name}.{suffix}") for suffix in ("html", "js", "css"))
    if script is not None:
        script = _sent((_CANVAS.read_text(encoding="utf-8") if canvas else "") + script)
    for shared in [EDGES] * edges + [_PLAYER] * player:
        style = shared.read_text(encoding="utf-8") + (style or "")
    most = MOST_CONSTANT_SCRIPT_BYTES if constant else MOST_SCRIPT_BYTES
    if script is not None and len(script.encode()) > most:
        raise ValueError(f"{folder.name}.js is larger than {most} bytes")
    return st.components.v2.component(f"genmodels.{folder.name}", html=html, js=script, css=style)


def _sent(script: str) -> str:
    """A script as it travels: lines that are nothing but a comment stay at home."""
    return "".join(line for line in script.splitlines(keepends=True) if not line.lstrip().startswith("//"))


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def base64_text(data: bytes) -> str:
    """Bytes as text: a component takes bytes only as the whole of its data, never beside something else."""
    return base64.b64encode(data).decode("ascii")


def picture_url(encoded: bytes) -> str:
    """A PNG or JPEG as a ``data:`` address.

    Raises:
        ValueError: The bytes are neither.
    """
    if encoded.startswith(b"\x89PNG\r\n\x1a\n"):
        kind = "png"
    elif encoded.startswith(b"\xff\xd8\xff"):
        kind = "jpeg"
    else:
        raise ValueError("a picture has to be PNG or JPEG bytes")
    return f"data:image/{kind};base64,{base64_text(encoded)}"
