"""Which run is explored: one's own, a bundled one, or the one in the address."""

import streamlit as st

from genmodels.catalogue import REGISTRIES
from genmodels.errors import UserError
from genmodels.training.folder import RunFolder
from pages.parts import run_state, turns
from pages.parts.explore import moment
from pages.parts.explore.subject import Subject, open_subject, version
from pages.parts.studio import explorable, open_run
from pages.parts.text import _

_VERSIONS = "_explore_versions"


def pick() -> Subject | None:
    """The run picker, and the model that was picked. What goes wrong is said on the page."""
    wanted = open_run()
    runs = {folder.id: folder for folder in explorable()}
    if wanted is not None:
        runs.setdefault(wanted.id, wanted)
    if not runs:
        _nothing_yet()
        return None
    chosen = runs[wanted.id if wanted is not None else next(iter(runs))]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _select(runs, chosen)
        _refresh(chosen)
    try:
        return _opened(chosen)
    except UserError as error:
        st.warning(str(error), icon=":material/explore_off:")
        return None


def _opened(folder: RunFolder) -> Subject:
    """The run at the moment that the address names, or else at its end."""
    version, step = _version(folder), moment.wanted(folder)
    if step is not None:
        try:
            return open_subject(folder, version, step)
        except UserError:
            st.warning(_("What was kept of step {n:,} is damaged; this is the end of training.").format(n=step))
    return open_subject(folder, version)


def _select(runs: dict[str, RunFolder], chosen: RunFolder) -> None:
    names = {run_id: describe(folder) for run_id, folder in runs.items()}
    st.selectbox(
        _("Model"),
        list(runs),
        index=list(runs).index(turns.shown("explore-run", chosen.id)),
        format_func=lambda run_id: names.get(run_id, run_id),
        key="explore-run",
        on_change=_to_address,
        label_visibility="collapsed",
    )


def _to_address() -> None:
    st.query_params["run"] = st.session_state["explore-run"]
    for name in ("seed", "psi", "z", "step"):
        st.query_params.pop(name, None)


def describe(folder: RunFolder) -> str:
    """One line: what it is and where it stands."""
    try:
        about, config, status = folder.about(), folder.config(), folder.status()
    except UserError:
        return _("{run} (damaged)").format(run=folder.id)
    model = REGISTRIES["models"][config.model].card.title
    data = REGISTRIES["data"][config.data].card.title if config.data in REGISTRIES["data"] else _("own data")
    parts = [f"{model} · {data}", _("{d} latent dimensions").format(d=config.latent_dim)]
    if about["title"]:
        # The title that a run is given says model and data already.
        parts[0] = about["title"] if model in about["title"] else f"{about['title']} · {parts[0]}"
    if status.state != "finished":
        parts.append(run_state.state(status.state).word)
    return " · ".join(parts)


def _refresh(folder: RunFolder) -> None:
    try:
        active = folder.status().active
    except UserError:
        return
    if active:
        text = _("This run is still training. Refresh to load its newest weights.")
        st.button(
            _("Refresh"),
            icon=":material/refresh:",
            help=text,
            key="explore-refresh",
            on_click=_forget,
            args=(folder.id,),
        )


def _forget(run_id: str) -> None:
    st.session_state.get(_VERSIONS, {}).pop(run_id, None)


def _version(folder: RunFolder) -> int:
    """The weights this session looks at: a run that still learns must not change under the visitor's hand."""
    held = st.session_state.setdefault(_VERSIONS, {})
    newest = version(folder)
    if folder.id not in held or not folder.status().active:
        held[folder.id] = newest
    return held[folder.id]


def _nothing_yet() -> None:
    st.info(
        _("There is no trained model to explore yet. Train one: it takes less than a minute."),
        icon=":material/explore:",
    )
    if st.button(_("Train"), type="primary", icon=":material/play_arrow:", key="explore-train"):
        st.switch_page("pages/train.py")
