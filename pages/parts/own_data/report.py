"""What was read of uploaded files, what was left out and why, and what to expect of it."""

import html

import streamlit as st
import torch

from genmodels.data.uploads import Draft
from genmodels.training.views import spread
from pages.parts.image_grid import image_grid, tile
from pages.parts.palette import CLASSES, CONCEPTS, ground
from pages.parts.real_samples import pictures
from pages.parts.scatter import scatter
from pages.parts.text import _, plain

COLUMNS, MOST_PICTURES, MOST_POINTS, MOST_CLASSES = 16, 96, 2000, 30


def report(read: Draft) -> None:
    """Counts, a contact sheet, classes, notes and warnings."""
    st.subheader(_counted(read), anchor=False)
    st.caption(_("{train} to learn from, {test} held out.").format(
        train=f"{len(read.dataset.train):,}", test=f"{len(read.dataset.test):,}"))  # fmt: skip
    for warning in read.warnings:
        st.warning(warning, icon=":material/info:")
    contact_sheet(read)
    class_balance(read.class_counts)
    for note in read.dataset.notes:
        st.markdown(f":material/arrow_right: {plain(note)}")


def _counted(read: Draft) -> str:
    spec = read.dataset.spec
    if spec.modality == "points":
        return _("{n} points").format(n=f"{read.count:,}")
    colour = _("colour") if spec.shape[0] == 3 else _("grey")
    return _("{n} pictures, {h} × {w}, {colour}").format(
        n=f"{read.count:,}", h=spec.shape[1], w=spec.shape[2], colour=colour
    )


def contact_sheet(read: Draft) -> None:
    """Some of the samples, the classes in turn."""
    data = read.dataset
    x = torch.cat([data.train, data.test])
    labels = None
    if data.train_labels is not None and data.test_labels is not None:
        labels = torch.cat([data.train_labels, data.test_labels])
    if data.spec.modality == "points":
        named = labels is not None and len(data.spec.classes) <= len(CLASSES)
        scatter(
            x[:MOST_POINTS].numpy(), labels[:MOST_POINTS].numpy() if named and labels is not None else None,
            key="own-points", alt=_("The points that were read"), classes=data.spec.classes if named else (),
            colours=() if named else (CONCEPTS["real"],), most_width=420,
        )  # fmt: skip
        return
    images = pictures(x[spread(labels, len(x), MOST_PICTURES)].numpy())
    columns = min(COLUMNS, len(images))
    sheet = tile(images, columns=columns, gap=2, ground=ground())
    image_grid(
        sheet, key="own-sheet", alt=_("Some of the pictures that were read"),
        most_width=None if columns == COLUMNS else 56 * columns,
    )  # fmt: skip


_BARS = """<style>
.gm-balance { display: grid; grid-template-columns: fit-content(12rem) 1fr auto; gap: 0.2rem 0.75rem;
  align-items: center; font-size: 0.875rem; }
.gm-balance span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.gm-balance i { height: 0.5rem; border-radius: 0.25rem; background: var(--gm-real); }
.gm-balance b { font-weight: 400; text-align: right; font-variant-numeric: tabular-nums; }
</style>"""


def class_balance(counts: dict[str, int], key: str = "own-classes") -> None:
    """A bar for each class, the first of them where there are many; one sentence where they are equal."""
    if not counts:
        return
    most = max(counts.values())
    if min(counts.values()) == most:
        st.markdown(_("{classes} classes of {n} each.").format(classes=len(counts), n=f"{most:,}"))
        return
    bars = "".join(
        f"<span>{html.escape(name)}</span><i style='width: {max(1.0, 100 * count / most):.1f}%'></i><b>{count:,}</b>"
        for name, count in list(counts.items())[:MOST_CLASSES]
    )
    with st.container(key=key):
        st.html(f"{_BARS}<div class='gm-balance'>{bars}</div>")
    if len(counts) > MOST_CLASSES:
        st.caption(_("more classes: {n}").format(n=len(counts) - MOST_CLASSES))
