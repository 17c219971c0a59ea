"""Controls that code sets as well as the hand: a busy browser must not undo what has been set meanwhile.

It sends the values of all controls with every click, also of those that it has not redrawn yet, and Streamlit takes
them for a visitor's. So what is set from code takes a new turn: its controls get other keys, and the old ones no say.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

_TURNS = "_turns"


def take(*kinds: str) -> None:
    """Something else than a hand on them has changed what the controls of these kinds show."""
    turns = st.session_state.get(_TURNS, {})
    st.session_state[_TURNS] = turns | {kind: turns.get(kind, 0) + 1 for kind in kinds}


def key(name: str, kind: str) -> str:
    """Key of a control of this kind: another one in each turn."""
    return f"{name}-{turn}" if (turn := _turn(kind)) else name


def by_hand(kind: str, act: Callable[..., None]) -> Callable[..., None]:
    """``act`` as what such a control does when it is changed; nothing where another one has taken its place since."""
    turn = _turn(kind)

    def answer(*args: Any) -> None:
        if turn == _turn(kind):
            act(*args)

    return answer


def shown(key: str, value: Any) -> Any:
    """Make the control with this key show ``value``, which is to be its default as well.

    What is set in the session state alone reaches the browser with one single message. When a page runs again at once,
    that message is skipped, and the browser draws the default of the control and reports it as the visitor's wish.
    """
    if st.session_state.get(key, value) != value:
        st.session_state[key] = value
    return value


def _turn(kind: str) -> int:
    turn: int = st.session_state.get(_TURNS, {}).get(kind, 0)
    return turn
