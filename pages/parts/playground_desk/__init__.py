"""The playground: a hand that steers, an eye that watches, and what can be read off it."""

from pathlib import Path

import streamlit as st

from genmodels.config import RunConfig
from genmodels.errors import UserError
from genmodels.models import MODELS
from genmodels.training.folder import RunFolder
from pages.parts.playground_desk import choice as chosen
from pages.parts.playground_desk.charts import Game, readings
from pages.parts.playground_desk.gallery import card, gallery
from pages.parts.playground_desk.hand import knobs, picks, transport
from pages.parts.playground_desk.live import BESIDE, live, stage
from pages.parts.playground_desk.sight import untrained
from pages.parts.run_view.story import standing
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
            game, beside = Game(folder, config, now), _beside()
            _planes(game, beside)
            readings([game, *([beside] if beside else [])])


def _beside() -> Game | None:
    """Another model on the same points, where one is wanted."""
    rival, other = chosen.rival(), chosen.beside()
    if rival is not None:
        return Game(rival, rival.config(), standing(rival), BESIDE)
    return Game(None, other.config(), None, BESIDE) if other else None


def _planes(game: Game, beside: Game | None) -> None:
    """The plot of the run, and beside it that of the other one."""
    if beside is None:
        stage(game.folder, game.config)
        live(game.folder, game.config, game.drawn)
        return
    with st.container(key="play-both"):
        columns = st.columns(2, gap="medium")
    for column, shown in zip(columns, (game, beside), strict=True):
        with column:
            _named(shown.config)
            stage(shown.folder, shown.config, shown.slot, beside=True)
            live(shown.folder, shown.config, shown.drawn, shown.slot)


def _named(config: RunConfig) -> None:
    card = MODELS[config.model].card
    st.html(f"<h3 class='gm-panel'>{card.title}<small>{card.summary}</small></h3>")
