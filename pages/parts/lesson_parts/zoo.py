"""What is registered, as cards: ``{{zoo models}}``, ``{{zoo gan_losses}}``, ... A new entry appears by itself."""

import streamlit as st

from genmodels.catalogue import REGISTRIES
from genmodels.registry import Card
from pages.parts.learn.checked import checked_by
from pages.parts.learn.markup import linked
from pages.parts.text import _


def show(key: str, kind: str) -> None:
    known = {name: entry.card for name, entry in REGISTRIES[kind].items()}
    cards = {name: card for name, card in known.items() if card.teaches} or known
    name = st.pills(
        _("Pick one"),
        list(cards),
        format_func=lambda n: cards[n].title,
        default=next(iter(cards)),
        required=True,
        key=f"zoo-{key}",
        label_visibility="collapsed",
    )
    _card(cards[name], name, kind)


def _card(card: Card, name: str, kind: str) -> None:
    with st.container(border=True, key=f"zoo-{kind}"):
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
        if files := checked_by(kind, name):
            st.caption(_("Held to it by {files}").format(files=", ".join(f"`{file}`" for file in files)))
