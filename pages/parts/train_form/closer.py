"""A closer look at the chosen data before a run: their mean, the balance of classes, and what occurs twice."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from genmodels.data import load, select
from genmodels.data.subset import resplit
from pages.parts.image_grid import image_grid, tile
from pages.parts.own_data.report import class_balance
from pages.parts.palette import ground
from pages.parts.real_samples import pictures
from pages.parts.text import _
from pages.parts.train_form.choice import Choice

MOST_MEANS = 19
"""Classes whose mean is drawn."""


@dataclass(frozen=True)
class Closer:
    """What is shown; pictures as uint8 ``[n, H, W]`` or ``[n, H, W, 3]``, None for points.

    Attributes:
        train, test: Samples to learn from and held out.
        classes: Samples to learn from of each class.
        means: The mean of all, then that of each class.
        pairs: The nearest pairs, the first of each and then the second of each.
        distances: Between them, root mean square, images from 0 to 1.
        repeats: Samples to learn from that are a copy of another one.
        leaked: Held-out samples that are also learned from.
    """

    train: int
    test: int
    classes: dict[str, int]
    means: np.ndarray | None
    pairs: np.ndarray | None
    distances: tuple[float, ...]
    repeats: int
    leaked: int


@st.fragment
def look_closer(choice: Choice) -> None:
    """An expander whose content is worked out when it is opened."""
    holder = st.expander(_("Look closer"), key="closer", icon=":material/search:", on_change="rerun")
    if not holder.open:
        return
    with holder, st.spinner(_("Looking")):
        changes = choice.changes
        names = ("classes", "data_size", "seed", "held_out")
        seen = _closer(choice.data, *(changes.get(name, getattr(choice.common(), name)) for name in names))
        _show(seen)


@st.cache_data(show_spinner=False, max_entries=16)
def _closer(name: str, classes: tuple[str, ...], size: int | None, seed: int, held_out: float | None) -> Closer:
    import torch

    from genmodels.data import closer

    # Copies made of a small set would all be near each other: looked at is what was brought.
    data = select(resplit(load(name, seed=seed, copies=False), held_out, seed), classes, size, seed)
    pairs, means, shown = closer.nearest_pairs(data.train), None, None
    if data.spec.modality == "image":
        means = closer.mean_sample(data.train)[None]
        if data.train_labels is not None and len(data.spec.classes) <= MOST_MEANS:
            of_each = closer.class_means(data.train, data.train_labels, len(data.spec.classes))
            means = torch.cat([means, of_each])
        means = pictures(means.numpy())
        shown = pictures(data.train[torch.cat([pairs.first, pairs.second])].numpy())
    return Closer(
        len(data.train), len(data.test), closer.class_counts(data), means, shown, tuple(pairs.distance.tolist()),
        closer.repeats(data.train), closer.leaked(data.train, data.test),
    )  # fmt: skip


def _show(seen: Closer) -> None:
    st.markdown(_("**{train}** to learn from, **{test}** held out.").format(
        train=f"{seen.train:,}", test=f"{seen.test:,}"))  # fmt: skip
    if seen.means is not None:
        several = len(seen.means) > 1
        st.markdown(_("**The mean** of all, then of each class.") if several else _("**The mean** of all."))
        st.caption(_("A model that has learned nothing else draws this: blur is where it starts."))
        _row(seen.means, "closer-means", _("Mean pictures"), columns=12)
    if seen.pairs is not None and len(seen.distances):
        st.markdown(_("**The nearest pairs**, one above the other."))
        _row(seen.pairs, "closer-pairs", _("Pairs of pictures that look most alike"), columns=len(seen.distances))
    st.markdown(_twice(seen))
    if seen.classes:
        st.markdown(_("**Classes** to learn from:"))
        class_balance(seen.classes, key="closer-classes")


def _row(images: np.ndarray, key: str, alt: str, columns: int) -> None:
    columns = min(columns, len(images))
    sheet = tile(images, columns=columns, gap=2, ground=ground())
    image_grid(sheet, key=key, alt=alt, most_width=72 * columns)


def _twice(seen: Closer) -> str:
    """What occurs more than once, in words."""
    said = []
    if seen.repeats:
        said.append(_("Exact copies of another sample: {n}; a model sees those more often.").format(
            n=f"{seen.repeats:,}"))  # fmt: skip
    if seen.leaked:
        said.append(_("Held-out samples that are also learned from: {n}; the test is easier than it looks.").format(
            n=f"{seen.leaked:,}"))  # fmt: skip
    if not said:
        said.append(_("Nothing occurs twice, and nothing held out is learned from."))
    if seen.pairs is not None and len(seen.distances):
        said.append(_("The nearest two differ by {percent:.1f} % of the range from black to white.").format(
            percent=100 * seen.distances[0]))  # fmt: skip
    return " ".join(said)
