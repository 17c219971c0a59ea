"""For engineers, on every page: what a run was asked for and what it has told, as JSON, with all digits."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from genmodels.errors import UserError
from genmodels.training.folder import RunFolder
from pages.parts import levels
from pages.parts.text import _

if TYPE_CHECKING:  # the first paint of Home does not wait for torch
    from pages.parts.run_view.story import Story

TOLD = ("state", "step", "seconds", "samples_per_second", "threads", "parameters", "reason")
"""What is shown of a status; the rest is about the process behind it."""


def raw(key: str, settings: Mapping[str, Any], told: Mapping[str, Any]) -> None:
    """Both behind one press.

    Args:
        key: Identity of the element.
        settings: The configuration.
        told: Numbers of the run.
    """
    if not levels.shows("raw"):
        return
    with st.expander(_("Raw numbers"), key=f"raw-{key}", icon=":material/data_object:"):
        _as_json(settings, told)


def raw_run(key: str, folder: RunFolder, story: "Story | None" = None) -> None:
    """Those of a run; nothing where its folder is damaged, which the page says."""
    try:
        raw(key, folder.about()["config"], numbers(folder, story))
    except UserError:
        return


def dialog(folder: RunFolder) -> None:
    """Those of a run in a dialog of their own."""
    st.dialog(_("Raw numbers"), width="large")(_run)(folder)


def _run(folder: RunFolder) -> None:
    try:
        _as_json(folder.about()["config"], numbers(folder))
    except UserError as error:
        st.error(str(error))


def numbers(folder: RunFolder, story: "Story | None" = None) -> dict[str, Any]:
    """Where a run stands, and the latest of everything that it wrote down.

    Raises:
        UserError: Its folder is damaged.
    """
    status = folder.status()
    told = {name: getattr(status, name) for name in TOLD}
    if story is None:
        return told
    latest = {name: series.values[-1] for name, series in {**story.losses, **story.metrics}.items() if series.values}
    return told | latest | {name: values.tolist() for name, values in story.spectra.items()}


def _as_json(settings: Mapping[str, Any], told: Mapping[str, Any]) -> None:
    for place, title, values in zip(
        st.columns(2, gap="small"), (_("Configuration"), _("Numbers")), (settings, told), strict=True
    ):
        with place:
            st.caption(title)
            st.json(dict(values))
