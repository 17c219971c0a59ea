"""The run whose numbers a lesson shows: the visitor's newest that fits, else one that comes with the app."""

from collections.abc import Callable

import streamlit as st

from genmodels.config import RunConfig
from genmodels.errors import UserError
from genmodels.training.folder import RunFolder
from pages.parts import studio


def lesson_run(key: str, kind: str, label: str, fits: Callable[[str], bool]) -> RunFolder | None:
    """Let the visitor choose; None where nothing fits.

    Args:
        key: Of the part that asks.
        kind: All parts of the same kind, in all lessons, show the run that was chosen last in one of them.
        label: Over the choice.
        fits: Whether the runs of a model, by its name, may be chosen.
    """
    runs = {f.id: _title(f, config) for f in studio.explorable() if (config := _config(f)) and fits(config.model)}
    if not runs:
        return None
    kept, own = f"lesson-run-{kind}", f"run-{key}"
    st.session_state[own] = kept_id if (kept_id := st.session_state.get(kept)) in runs else next(iter(runs))
    chosen = st.selectbox(
        label, list(runs), format_func=lambda run_id: runs.get(run_id, run_id), key=own,
        on_change=lambda: st.session_state.update({kept: st.session_state[own]}),
    )  # fmt: skip
    return studio.store().find(chosen)


def _config(folder: RunFolder) -> RunConfig | None:
    try:
        return folder.config()
    except UserError:
        return None


def _title(folder: RunFolder, config: RunConfig) -> str:
    try:
        return str(folder.about()["title"]) or f"{config.model} · {config.data}"
    except UserError:
        return config.model
