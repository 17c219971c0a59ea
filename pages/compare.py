"""Compare: two to four runs side by side, measured alike, finished or while they learn."""

import streamlit as st

from pages.parts import frame
from pages.parts.first_look import first_look
from pages.parts.text import _

frame.require(__file__)
st.title(_("Compare"), anchor=False)
st.markdown(_("The same data, different models: look at them, then read what sets them apart."))

with first_look(), st.spinner(_("Getting ready...")):  # torch is imported here: until then there is a first look
    from pages.parts.compare_desk import desk

desk.show()
