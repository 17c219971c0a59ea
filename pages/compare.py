"""Compare."""

import streamlit as st

from pages.parts import frame
from pages.parts.text import _

frame.require(__file__)
st.title(_("Compare"), anchor=False)
