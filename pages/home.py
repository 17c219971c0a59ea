"""Home: what a VAE and a GAN are, alive, and the way to Train and Explore."""

from typing import Literal

import streamlit as st

from pages.parts import bundled, frame, tour
from pages.parts.frame_player import frame_player
from pages.parts.sketch import sketch
from pages.parts.text import _


def hero() -> None:
    title = _("Machines that imagine, opened up")
    line = _("Train one in your browser in seconds, watch it learn, then take hold of what it knows and pull.")
    with st.container(key="hero"):
        st.title(title, anchor=False)
        st.markdown(line)
        tour.button("home-tour")


def panel(family: Literal["vae", "gan"], title: str, sentence: str) -> None:
    with st.container(border=True, key=f"panel-{family}"):
        st.header(title, anchor=False)
        st.markdown(sentence)
        if walk := bundled.walk(
            f"{family}-digits", _("A walk through the codes of a trained model: digits turn into one another")
        ):
            frame_player(walk.sheet, frames=walk.frames, columns=walk.columns, alt=walk.alt, key=f"walk-{family}")
        sketch(family, key=f"sketch-{family}")
        doors(family)


def doors(family: str) -> None:
    with st.container(horizontal=True):
        if st.button(_("Train"), key=f"train-{family}", type="primary", icon=":material/play_arrow:"):
            st.switch_page("pages/train.py", query_params={"model": family})
        if st.button(_("Explore"), key=f"explore-{family}", icon=":material/explore:"):
            st.switch_page("pages/explore.py", query_params={"run": f"{family}-digits"})


frame.require(__file__)
hero()
left, right = st.columns(2, gap="medium")
with left:
    panel(
        "vae",
        _("VAE: compress, then dream"),
        _("It squeezes each picture into a few numbers and learns to draw the picture again from them."),
    )
with right:
    panel(
        "gan",
        _("GAN: a forger and a judge"),
        _("One network forges pictures from noise, the other tries to tell them from real ones; both get better."),
    )
