"""What is registered, as cards: ``{{zoo models}}``, ``{{zoo gan_losses}}``, ... A new entry appears by itself."""

import streamlit as st

from genmodels.catalogue import REGISTRIES
from genmodels.registry import Card
from pages.parts.learn.markup import linked
from pages.parts.text import _


def show(key: str, kind: str) -> None:
    cards = {name: entry.card for name, entry in REGISTRIES[kind].items() if entry.card.teaches}
    name = st.pills(
        _("Pick one"),
        list(cards),
        format_func=lambda n: cards[n].title,
        default=next(iter(cards)),
        required=True,
        key=f"zoo-{key}",
        label_visibility="collapsed",
    )
    _card(cards[name], name, f"zoo-{kind}")


def _card(card: Card, name: str, key: str) -> None:
    with st.container(border=True, key=key):
        st.markdown(f"#### {card.title}", anchors=False)
        st.markdown(card.summary)
        if card.equation:
            st.latex(card.equation)
        if card.teaches:
            st.markdown(f"**{_('Teaches')}** — {card.teaches}")
        if card.fails:
            st.markdown(f"**{_('Fails')}** — {card.fails}")
        if card.paper:
            st.caption(linked(card.paper))
        st.caption(_("In a configuration: `{name}`").format(name=name))
