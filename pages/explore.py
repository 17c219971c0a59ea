"""Explore: open a trained model and walk through what it learned."""

import streamlit as st

from pages.parts import frame, levels
from pages.parts.source_card import source_card
from pages.parts.text import _

frame.require(__file__)
st.title(_("Explore"), anchor=False)
standing = st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="explore-moment")
if "step" not in st.query_params:
    standing.markdown(_("Drag on the map, pull a slider, throw the dice: the picture follows your hand."))

with st.spinner(_("Getting ready...")):  # torch is imported here and not above: the frame is painted before
    from pages.parts.explore import desk, moment, picker, sections

left, right = st.columns([2, 3], gap="medium", vertical_alignment="bottom")
with left, st.spinner(_("Opening the model...")):
    subject = picker.pick()
if subject is not None:
    with standing:
        moment.said(subject)
    with right:
        desk.controls(subject)
    desk.show(subject)
    sections.show(subject)
    if levels.shows("plain-controls"):
        st.toggle(_("Plain controls"), key=desk.PLAIN, help=_("Streamlit's own sliders instead of the live desk."))
    if levels.shows("source"):
        source_card(subject.model.config.model, "decode", *(["encode"] if subject.encodes else []), "prior")
