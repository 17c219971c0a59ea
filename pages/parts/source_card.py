"""For engineers: the equation of a model, where it comes from, and its code as it runs."""

import streamlit as st

from genmodels.models import MODELS
from pages.parts.learn.markup import linked
from pages.parts.lesson_parts import code
from pages.parts.text import _

LOSSES = ("discriminator_loss", "generator_loss", "loss")


def source_card(model: str, *methods: str) -> None:
    """The card of a registered model with the source of ``methods``; of what it minimises where none is named."""
    entry = MODELS[model]
    with st.expander(_("Equation and code"), key="source", icon=":material/code:"):
        if entry.card.equation:
            st.latex(entry.card.equation)
        st.caption(linked(entry.card.paper))
        for name in methods or LOSSES:
            if hasattr(entry.thing, name):
                st.code(code.source(getattr(entry.thing, name)), language="python")
        if st.button(_("Look inside"), key="look-inside", help=_("What each layer makes of a sample, in Learn.")):
            lesson = "autoencoder" if entry.thing.encodes else "discriminator"
            st.switch_page("pages/learn.py", query_params={"lesson": lesson})
