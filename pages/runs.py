"""Runs: everything the visitor has trained, to find again, lay over each other, continue, take away or throw away."""

import streamlit as st

from pages.parts import frame
from pages.parts.text import _

frame.require(__file__)
st.title(_("Runs"), anchor=False)
st.markdown(_("Everything you have trained. Tick two to four runs to compare them."))

with st.spinner(_("Getting ready...")):  # torch is imported here and not above: the frame is painted before
    from pages.parts.runs_desk import desk

desk.show()
