"""Through the needle's eye: a sample, what is left of it after encoding and decoding, and what was lost."""

import numpy as np
import streamlit as st
import torch

from genmodels.latent.posterior import draws
from genmodels.training.views import to_pixels
from pages.parts.explore import point, posterior
from pages.parts.explore.subject import Subject, pixels
from pages.parts.image_grid import image_grid, tile
from pages.parts.palette import CONCEPTS, Concept
from pages.parts.scatter import scatter
from pages.parts.text import _

SHOWN, DRAWS = 10, 8
"""Samples beside each other, and draws from the posterior of each."""


@st.fragment
def show(subject: Subject) -> None:
    if not subject.encodes:
        st.info(
            _("A GAN has no encoder: it cannot say which code a picture belongs to, so nothing can be reconstructed."),
            icon=":material/info:",
        )
        return
    if subject.images:
        _pictures(subject)
    else:
        _points(subject)


def _pictures(subject: Subject) -> None:
    total = len(subject.examples.x)
    first = st.session_state.get("_explore_first", 0) % total
    chosen = (torch.arange(min(SHOWN, total)) + first) % total
    original = subject.examples.x[chosen]
    seen = [draws(subject.model, sample, DRAWS) for sample in original.split(1)]
    rebuilt = torch.cat([to_pixels(each.at_mean, subject.model) for each in seen])
    lost = (original.int() - rebuilt.int()).abs().to(torch.uint8)
    rows = [original, rebuilt, lost]
    captions: list[str | tuple[str, Concept]] = [
        (_("original"), "real"), (_("reconstruction"), "reconstruction"), _("error"),
    ]  # fmt: skip
    if unsure := seen[0].q.logvar is not None:
        rows.append(torch.stack([posterior.deviation(each) for each in seen]))
        captions.append((_("unsure"), "sigma"))
    picture = tile(pixels(torch.cat(rows)), columns=len(chosen))
    image_grid(
        picture, key="explore-pairs", alt=_("Originals, reconstructions and their difference"), captions=captions
    )
    error = lost.float().flatten(1).mean(1) / 255
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(_("Others"), icon=":material/refresh:", key="explore-others", on_click=_next, args=(total,))
        number = st.number_input(_("Column"), 1, len(chosen), 1, key="explore-column", width=110)
        take = st.button(_("Take it"), icon=":material/my_location:", key="explore-take", help=_("Its code becomes z."))
        st.caption(
            _("Mean error of these: {percent:.1f} % of the range from black to white.").format(
                percent=100 * float(error.mean())
            )
        )
    if unsure:
        st.caption(
            _(
                "Unsure: where the pixels differ among {k} draws of z from q(z|x); the largest difference is white."
            ).format(k=DRAWS)
        )
        posterior.show(subject, seen[number - 1], "explore-seen")
    if take:
        point.move(subject, subject.codes[chosen[number - 1]])
        st.rerun()


def _next(total: int) -> None:
    st.session_state["_explore_first"] = (st.session_state.get("_explore_first", 0) + SHOWN) % total


def _points(subject: Subject) -> None:
    original = subject.examples.x
    rebuilt = subject.decode(subject.codes)
    labels = np.repeat([0, 1], [len(original), len(rebuilt)])
    scatter(
        torch.cat([original, rebuilt]).numpy(),
        labels,
        key="explore-pairs",
        classes=(_("original"), _("reconstruction")),
        colours=(CONCEPTS["real"], CONCEPTS["reconstruction"]),
        alt=_("Points and their reconstructions"),
        most_width=560,
    )
    error = float((original - rebuilt).norm(dim=1).mean())
    st.caption(_("A point moves by {error:.3f} on average.").format(error=error))
