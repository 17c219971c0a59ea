"""Small things that are kept in the visitor's browser: level, place in the tour, challenges solved.

They are read from a cookie when a session begins, so the first paint knows them already, and written by a small
component below the page. What a browser sends is anybody's text: whoever reads a value checks it.
"""

from pathlib import Path
from typing import Any
from urllib.parse import unquote

import streamlit as st

from genmodels.jsontext import from_json, to_json
from pages.parts.component import component

COOKIE = "genmodels_kept"
MOST_CHARACTERS = 3_000
"""A browser drops cookies of more than 4,096 bytes."""
_STATE = "_kept"
_keeper = component(Path(__file__).parent)


def _all() -> dict[str, Any]:
    if _STATE not in st.session_state:
        st.session_state[_STATE] = understood(st.context.cookies.get(COOKIE))
    return st.session_state[_STATE]


def understood(cookie: object) -> dict[str, Any]:
    """The values in a cookie; none where it is not ours.

    >>> understood("%7B%22level%22%3A%22engineer%22%7D"), understood("[1]"), understood(None)
    ({'level': 'engineer'}, {}, {})
    """
    if not isinstance(cookie, str) or len(cookie) > 3 * MOST_CHARACTERS:
        return {}
    try:
        values = from_json(unquote(cookie))
    except ValueError:
        return {}
    return values if isinstance(values, dict) else {}


def get(name: str) -> Any:
    """What is kept under ``name``, or None; unchecked."""
    return _all().get(name)


def put(name: str, value: Any) -> None:
    """Keep a value that JSON can say; None forgets it."""
    values = {**_all(), name: value}
    st.session_state[_STATE] = {name: value for name, value in values.items() if value is not None}


def sync() -> None:
    """Have the browser keep it all. Call once, below the page."""
    text = to_json(dict(sorted(_all().items())))
    if len(text) <= MOST_CHARACTERS:
        _keeper(key="kept", data={"name": COOKIE, "text": text})
