"""The playground: a hand that steers, an eye that watches, and what can be read off it."""

from pathlib import Path

import streamlit as st

from genmodels.config import RunConfig
from genmodels.errors import UserError
from genmodels.models import MODELS
from genmodels.training.folder import RunFolder
from pages.parts.playground_desk import choice as chosen
from pages.parts.playground_desk.charts import readings
from pages.parts.playground_desk.gallery import card, gallery
from pages.parts.playground_desk.hand import knobs, picks, transport
from pages.parts.playground_desk.live import BESIDE, live, stage
from pages.parts.playground_desk.sight import untrained
from pages.parts.run_view.story import Standing, standing
from pages.parts.text import _


def style() -> None:
    """The style sheet of the playground."""
    st.html(Path(__file__).with_name("playground_desk.css"))


def show(folder: RunFolder | None) -> None:
    """Draw the playground around a run, or around fresh networks. Raises UserError where a run is not for it."""
    if folder is not None:
        chosen.adopt(folder)
    for sentence in (*(chosen.follow_address() if folder is None else ()), *chosen.follow_beside()):
        st.info(sentence, icon=":material/link_off:")
    now = standing(folder) if folder else None
    config = folder.config() if folder else None
    with st.container(horizontal=True, vertical_alignment="center", key="play-head"):
        st.title(_("Playground"), anchor=False, width="content")
        st.space("stretch")
        gallery(folder)
    with st.container(horizontal=True, gap="medium", key="bench-play"):
        with st.container(width=270, key="hand-play"):
            picks(folder)
            transport(folder, now.state if now else "")
            knobs(folder)
        with st.container(key="eye-play"):
            card(folder)
            try:
                config = config or chosen.current().config()
                if folder is None:
                    untrained(config.model_dump_json())  # built once, and remembered: now it shows whether all fits
            except UserError as error:
                st.error(str(error), icon=":material/error:")
                return
            _planes(folder, config, now)
            readings(folder, config, now)


def _planes(folder: RunFolder | None, config: RunConfig, now: Standing | None) -> None:
    """The plot of the run, and beside it that of another model on the same points where one is wanted."""
    rival, other = chosen.rival(), chosen.beside()
    beside = rival.config() if rival else other.config() if other else None
    if beside is None:
        stage(folder, config)
        live(folder, config, now)
        return
    with st.container(key="play-both"):
        left, right = st.columns(2, gap="medium")
    with left:
        _named(config)
        stage(folder, config, beside=True)
        live(folder, config, now)
    with right:
        _named(beside)
        stage(rival, beside, BESIDE, beside=True)
        live(rival, beside, standing(rival) if rival else None, BESIDE)


def _named(config: RunConfig) -> None:
    card = MODELS[config.model].card
    st.html(f"<h3 class='gm-panel'>{card.title}<small>{card.summary}</small></h3>")
