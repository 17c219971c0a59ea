"""Picking a place in latent space: here, of a seed, a test sample, a class, the drawing, or a bookmark."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
import torch
from torch import Tensor

from genmodels.latent.prior import truncated
from pages.parts.explore import drawing, marks, point
from pages.parts.explore.subject import Subject
from pages.parts.text import _

EVERY = 0.7
"""Seconds between two looks at where the desk has taken z."""


@dataclass(frozen=True)
class Place:
    """A code ``[latent_dim]`` and what to call it."""

    name: str
    code: Tensor


def kinds(subject: Subject) -> dict[str, str]:
    """What a place can be of, for this model and now."""
    names = {"seed": _("Seed")}
    if subject.encodes:
        names["sample"] = _("Test sample")
    if subject.class_means is not None:
        names["class"] = _("Class mean")
    names["z"] = _("z now")
    if subject.images and drawing.has_code(subject):
        names["drawing"] = _("Drawing")
    if marks.listed(subject):
        names["mark"] = _("Bookmark")
    return names


def choose(subject: Subject, key: str, label: str, kind: str = "seed", number: int = 0) -> Place:
    """Two widgets, one below the other; ``kind`` and ``number`` are what they begin with."""
    offered = kinds(subject)
    first = kind if kind in offered else "seed"
    if st.session_state.get(f"{key}-kind", first) not in offered:
        del st.session_state[f"{key}-kind"]  # of another model
    chosen = st.selectbox(
        label, list(offered), list(offered).index(first), format_func=offered.__getitem__, key=f"{key}-kind"
    )
    if chosen == "z":
        follow(subject)
        return Place("z", point.current(subject).code[0])
    if chosen == "drawing":
        code = drawing.code(subject)
        assert code is not None
        return Place(_("drawing"), code)
    if chosen == "class":
        return _of_class(subject, key, number)
    if chosen == "mark":
        return _of_mark(subject, key, number)
    if chosen == "sample":
        at = _number(f"{key}-sample", len(subject.codes) - 1, number)
        return Place(_("sample {n}").format(n=at), subject.codes[at])
    at = _number(f"{key}-seed", point.MOST_SEED, number)
    return Place(_("seed {n}").format(n=at), truncated(subject.model, 1, 1.0, at)[0])


def follow(subject: Subject) -> None:
    """Draw the page anew when the desk has taken z elsewhere: the hand moves it without telling the sections."""
    st.fragment(run_every=EVERY)(_look_up)(subject, point.current(subject).z)


def _look_up(subject: Subject, seen: tuple[float, ...]) -> None:
    if point.current(subject).z != seen:
        st.rerun()


def _number(key: str, most: int, number: int) -> int:
    if st.session_state.get(key, 0) > most:
        del st.session_state[key]
    return int(st.number_input(_("Number"), 0, most, min(number, most), key=key, label_visibility="collapsed"))


def _of_class(subject: Subject, key: str, number: int) -> Place:
    means = subject.class_means
    assert means is not None
    names = subject.examples.classes
    known = [names[i] for i in range(len(names)) if bool(means[i].isfinite().all())]
    at = names.index(_select(_("Class"), known, f"{key}-class", number))
    return Place(names[at], means[at])


def _of_mark(subject: Subject, key: str, number: int) -> Place:
    known = {mark.name: mark for mark in marks.listed(subject)}
    name = _select(_("Bookmark"), list(known), f"{key}-mark", number)
    return Place(name, torch.tensor(known[name].mean()))


def _select(label: str, names: Sequence[str], key: str, number: int) -> str:
    if st.session_state.get(key, names[0]) not in names:
        del st.session_state[key]
    first = number % len(names)
    return str(st.selectbox(label, names, first, key=key, label_visibility="collapsed"))


def class_of(subject: Subject, key: str) -> int | None:
    """What a conditional model is asked to draw; None for all others."""
    if not subject.model.conditional:
        return None
    names = subject.examples.classes
    help = _("The code says how, the class says what.")
    return int(
        st.selectbox(_("Class"), range(len(names)), format_func=names.__getitem__, key=key, width=150, help=help)
    )


def labels(label: int | None, n: int) -> Tensor | None:
    """The same class ``n`` times, for the decoder."""
    return None if label is None else torch.full((n,), label)
