"""Which lessons are done: kept in the visitor's browser and nowhere else."""

from collections.abc import Collection
from pathlib import Path

import streamlit as st

from pages.parts.component import component

_STATE = "_lessons_done"
_keeper = component(Path(__file__).parent)


def done() -> frozenset[str]:
    """Names of the lessons that are done, as far as this session knows."""
    return frozenset(st.session_state.get(_STATE, ()))


def mark(lesson: str) -> None:
    """Remember a lesson as done."""
    st.session_state[_STATE] = done() | {lesson}


def forget() -> None:
    """Begin anew."""
    st.session_state[_STATE] = frozenset()
    st.session_state["_lessons_forget"] = st.session_state.get("_lessons_forget", 0) + 1


def keep(shown: str, known: Collection[str]) -> None:
    """Have the browser keep what is done, take over what it had, and begin at the top where ``shown`` is new.

    ``known`` are the names that count; what else a browser sends is dropped.
    """
    data = {"done": sorted(done()), "shown": shown, "forget": st.session_state.get("_lessons_forget", 0)}
    kept = _keeper(key="lesson_keeper", data=data, on_done_change=lambda: None)
    if isinstance(kept.done, dict) and kept.done.get("forget") == data["forget"]:
        names = kept.done.get("names")
        found = {name for name in names if isinstance(name, str)} if isinstance(names, list) else set()
        st.session_state[_STATE] = done() | (found & set(known))
