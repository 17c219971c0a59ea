"""Home: what a VAE and a GAN are, alive, and the way to Train and Explore."""

from typing import Literal

import streamlit as st

from genmodels.training.folder import RunFolder
from genmodels.training.store import bundled_root
from pages.parts import bundled, frame, levels, tour
from pages.parts.frame_player import frame_player
from pages.parts.learn.reader import words
from pages.parts.raw import raw_run
from pages.parts.sketch import sketch
from pages.parts.text import _


def hero() -> None:
    title = _("Machines that imagine, opened up")
    line = _("Train one in seconds, watch it learn, then take hold of what it knows and pull.")
    with st.container(key="hero"):
        st.title(title, anchor=False)
        st.markdown(line)
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="hero-ways"):
            tour.button("home-tour")
            levels.switch("home", named=True)


def panel(family: Literal["vae", "gan"], title: str, sentence: str, equation: str) -> None:
    with st.container(border=True, key=f"panel-{family}"):
        st.header(title, anchor=False)
        st.markdown(sentence)
        if walk := bundled.walk(
            f"{family}-digits", _("A walk through the codes of a trained model: digits turn into one another")
        ):
            frame_player(walk.sheet, frames=walk.frames, columns=walk.columns, alt=walk.alt, key=f"walk-{family}")
        sketch(family, key=f"sketch-{family}")
        if levels.shows("equation"):
            words(equation)
        doors(family)
        raw_run(family, RunFolder(bundled_root() / f"{family}-digits"))


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
        "$$\n"
        r"\ln p(x) \ge @reconstruction{\mathbb{E}_{q(z|x)}[\ln p(x|z)]} - @kl{\mathrm{KL}(q(z|x)\,\|\,p(z))}"
        "\n$$\n\n" + _("The evidence lower bound: @reconstruction{explain each picture}, keep @kl{the code} cheap."),
    )
with right:
    panel(
        "gan",
        _("GAN: a forger and a judge"),
        _("One network forges pictures from noise, the other tries to tell them from real ones; both get better."),
        "$$\n"
        r"\min_{@generator{G}} \max_{@discriminator{D}} \; \mathbb{E}_x[\ln @discriminator{D}(x)]"
        r" + \mathbb{E}_z[\ln(1 - @discriminator{D}(@generator{G}(z)))]"
        "\n$$\n\n"
        + _("A game for two: the @discriminator{discriminator} wants this large, the @generator{generator} small."),
    )
