"""Train: pick a model, start it, watch it learn."""

import streamlit as st

from pages.parts import frame, own_data, run_view, studio
from pages.parts.own_data.workshop import workshop
from pages.parts.run_list import run_list
from pages.parts.text import _
from pages.parts.train_form import train_form
from pages.parts.train_form.preview import preview

frame.require(__file__)


def before_a_run() -> None:
    st.title(_("Train"), anchor=False)
    st.markdown(_("Pick a model and data, press Start, and watch it learn."))
    with st.container(horizontal=True, gap="medium", key="bench-form"):
        with st.container(width=380, key="hand-form"):
            config = train_form()
            run_list()
        with st.container(key="eye-form"):
            if own_data.making():
                workshop()
            else:
                preview(config)


run_view.style()
if folder := studio.open_run():
    run_view.show(folder)
else:
    before_a_run()
