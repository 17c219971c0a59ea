"""Who is looking: an unguessable id for each browser, kept in that browser and nowhere else.

It is read from a cookie when a session begins and written by a small component. It never appears in an address.
"""

import re
import secrets
from pathlib import Path

import streamlit as st

from pages.parts.component import component

COOKIE = "genmodels_owner"
_STATE = "_owner_id"
_KEEPER = "owner_keeper"
_FORM = re.compile(r"[0-9a-f]{32}")
_keeper = component(Path(__file__).parent)


def valid(candidate: object) -> str | None:
    """``candidate`` if it has the form of an id, else None: what a browser sends is anybody's text."""
    return candidate if isinstance(candidate, str) and _FORM.fullmatch(candidate) else None


def owner_id() -> str:
    """The id of this browser: 32 hexadecimal digits, 128 random bits.

    The same after a reload, in another tab and after a restart of the server; without a browser (page tests), the
    same within the session.
    """
    if _STATE not in st.session_state:
        st.session_state[_STATE] = valid(st.context.cookies.get(COOKIE)) or secrets.token_hex(16)
    return st.session_state[_STATE]


def keep() -> None:
    """Have the browser keep the id. Call once, below the page; the id that the browser already had is taken over before
    the page is drawn again."""
    _keeper(key=_KEEPER, data={"owner": owner_id()}, on_owner_change=_take_over)


def _take_over() -> None:
    st.session_state[_STATE] = valid(st.session_state[_KEEPER].get("owner")) or owner_id()
