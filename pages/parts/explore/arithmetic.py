"""Sums with codes: a - b + c, as with words, in pictures."""

import streamlit as st
import torch
from torch import Tensor

from genmodels.errors import UserError
from genmodels.latent.bookmarks import MOST_NAME
from genmodels.latent.interpolate import lerp
from pages.parts.explore import marks, places, point
from pages.parts.explore.places import Place
from pages.parts.explore.subject import Subject, pixels
from pages.parts.image_grid import image_grid, tile
from pages.parts.text import _, plain

FIRST = (7, 1, 4)
"""Classes or seeds to begin with."""
STRENGTHS = 9
_SAID = "_explore_sum_said"


@st.fragment
def show(subject: Subject) -> None:
    st.markdown(
        _("**Sums with codes.** Take something away, add something else: what **b** and **c** share stays as it is.")
    )
    if subject.class_means is None:
        st.caption(
            _(
                "Without an encoder or classes there are no class means here. Make your own: keep a few points of a "
                "kind in **Bookmarks**, gather them in a group, and pick the group."
            )
        )
    a, b, c = _terms(subject)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        strength = st.slider(
            _("Strength"), 0.0, 2.0, 1.0, 0.05, key="explore-sum-strength", width=220,
            help=_("How much of c - b is added."),
        )  # fmt: skip
        label = places.class_of(subject, "explore-sum-class")
    change = c.code - b.code
    result = a.code + strength * change
    _sum(subject, a, b, c, result, label)
    _along(subject, a.code, change, label)
    _keep(subject, b, c, change, result)


def _terms(subject: Subject) -> list[Place]:
    """The three terms."""
    terms = []
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for name, sign, (kind, number) in zip("abc", ("", "−", "+"), _first(subject), strict=True):
            with st.container(key=f"explore-term-{name}", width=150, gap="small"):
                terms.append(places.choose(subject, f"explore-sum-{name}", f"{sign} **{name}**", kind, number))
    return terms


def _first(subject: Subject) -> list[tuple[str, int]]:
    """What the terms begin with: 7 - 1 + 4, or a sample whose class is exchanged, or seeds."""
    if subject.class_means is None:
        return [("seed", number) for number in FIRST]
    if len(subject.class_means) > max(FIRST):
        return [("class", number) for number in FIRST]
    return [("sample", 0), ("class", 0), ("class", 1)]


def _sum(subject: Subject, a: Place, b: Place, c: Place, result: Tensor, label: int | None) -> None:
    """Step by step: each term, what is left after taking away, and the result."""
    steps = [
        (a.name, a.code),
        (f"− {b.name}", b.code),
        (f"= {a.name} − {b.name}", a.code - b.code),
        (f"+ {c.name}", c.code),
        (_("= result"), result),
    ]
    decoded = subject.decode(torch.stack([code for _name, code in steps]), places.labels(label, len(steps)))
    with st.container(horizontal=True):
        for i, (name, _code) in enumerate(steps):
            with st.container(width=100, gap="small"):
                image_grid(pixels(decoded[i : i + 1])[0], key=f"explore-sum-{i}", alt=name)
                st.text(name)  # a name may look like Markdown


def _along(subject: Subject, a: Tensor, change: Tensor, label: int | None) -> None:
    """The way there and beyond: a + t (c - b)."""
    path = lerp(a, a + change, torch.linspace(-0.5, 1.5, STRENGTHS))
    decoded = subject.decode(path, places.labels(label, STRENGTHS))
    image_grid(tile(pixels(decoded), columns=STRENGTHS), key="explore-sum-strip", alt=_("Less and more of it"))
    st.caption(_("Strength from -0.5 through 0 (a itself) and 1 to 1.5."))


def _keep(subject: Subject, b: Place, c: Place, change: Tensor, result: Tensor) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            _("Take it"), icon=":material/my_location:", key="explore-sum-take", help=_("The result becomes z.")
        ):
            point.move(subject, result.clamp(-point.FARTHEST, point.FARTHEST))
            st.rerun()
        kept = st.button(
            _("Keep direction"), icon=":material/bookmark_add:", key="explore-sum-keep",
            help=_("c - b becomes a bookmark: a slider on the desk, and a place to pick here."),
        )  # fmt: skip
    if said := st.session_state.pop(_SAID, ""):
        st.caption(said)
    if not kept:
        return
    name = f"{c.name} − {b.name}"[:MOST_NAME]
    try:
        marks.make(subject, name, "direction", change[None])
    except UserError as error:
        st.warning(plain(str(error)))
    else:
        st.session_state[_SAID] = _("Kept as {name}; on the desk it has a slider, under Saved.").format(
            name=plain(name)
        )
        st.rerun()
