"""``{{published}}``: what papers report beside what this library reaches, as it was measured."""

import streamlit as st

from genmodels.published import Published, published
from pages.parts.learn.markup import linked
from pages.parts.text import _


def show(key: str) -> None:
    with st.container(key=f"published-{key}"):
        for row in published().values():
            _row(row)


def _row(row: Published) -> None:
    with st.container(border=True, gap="small"):
        st.markdown(f"**{row.what}**")
        with st.container(horizontal=True, gap="medium"):
            st.markdown(f"{_('Published')}: {row.published}", width="content")
            st.markdown(f"{_('Ours')}: **{row.ours}**", width="content")
        st.caption(f"{linked(row.source)} · {row.setting}")
        st.caption(f"`{row.command}` · {_took(row.seconds)} · {row.machine} · {row.date}")


def _took(seconds: float) -> str:
    """
    >>> _took(4.2), _took(900)
    ('4 s', '15 min')
    """
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
