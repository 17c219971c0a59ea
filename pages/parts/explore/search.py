"""Searching the code of a picture by optimisation, in the background, shown while it converges."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from genmodels.latent.invert import STEPS, Found, invert
from genmodels.models import Model
from genmodels.plots.grid import encode
from genmodels.training.views import to_pixels
from pages.parts.curves import Curve, curves
from pages.parts.explore import drawing
from pages.parts.explore.subject import Subject, pixels
from pages.parts.frame_player import frame_player
from pages.parts.image_grid import image_grid, tile
from pages.parts.text import _, plain

EVERY = 0.25
"""Seconds between two looks at a search."""
LIVE_STEPS = 12
"""Steps taken while the hand still draws, on from the best code so far."""
FILM = 6
"""Steps from one picture of the way there to the next."""
_STATE = "_explore_search"


@dataclass
class Search:
    """A search at work, or done.

    Attributes:
        about: What is searched for: subject, picture, class.
        told: Where it stood after each step, the newest last; with pictures, as pixels, only now and then.
        given_up: Set when nobody waits for it any more.
        work: The background work.
    """

    about: tuple[object, ...]
    told: list[Found] = field(default_factory=list)
    given_up: threading.Event = field(default_factory=threading.Event)
    work: "Future[None] | None" = None

    @property
    def done(self) -> bool:
        return self.work is None or self.work.done()


@st.cache_resource(show_spinner=False)
def _background() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=2, thread_name_prefix="search")


def _follow(search: Search, model: Model, steps: Iterator[Found]) -> None:
    torch.set_num_threads(1)
    for found in steps:
        if search.given_up.is_set():
            return
        search.told.append(found._replace(x=to_pixels(found.x, model)))
        if found.step and (found.step - 1) % FILM:  # all pictures of all steps would be many
            search.told[-2] = search.told[-2]._replace(x=search.told[-2].x[:0])


def begin(subject: Subject, picture: Tensor, label: int | None, resting: bool, start: Tensor | None = None) -> Search:
    """The search for a picture; another picture, another search, on from ``start`` or the best code of the last one.

    While the hand still draws, a few steps are taken at once; when it rests, all of them, in the background.
    """
    about = (subject.name, picture.numpy().tobytes(), label, resting)
    last: Search | None = st.session_state.get(_STATE)
    if last is not None and last.about == about:
        return last
    if last is not None:
        last.given_up.set()
        if start is None and last.told and last.about[0] == subject.name:
            start = last.told[-1].z[last.told[-1].best]
    classes = None if label is None else torch.tensor([label])
    search = st.session_state[_STATE] = Search(about)
    if resting:
        all_steps = invert(subject.model, picture, start=start, label=classes)
        search.work = _background().submit(_follow, search, subject.model, all_steps)
    else:
        few = invert(subject.model, picture, start=start, label=classes, restarts=2, steps=LIVE_STEPS)
        _follow(search, subject.model, few)
    return search


def show(subject: Subject, search: Search) -> None:
    """Where the search stands, again and again until it is done."""
    waiting = not search.done
    st.fragment(run_every=EVERY if waiting else None)(_look)(subject, search, waiting)


def _look(subject: Subject, search: Search, waiting: bool) -> None:
    if waiting and search.done:
        st.rerun()  # once more without the timer
    if search.work is not None and search.done and search.work.exception() is not None:
        st.caption(_("The search went astray; draw something else."))
        return
    if not search.told:
        st.progress(0.0, _("Looking for a code..."))
        return
    now = search.told[-1]
    drawing.found(subject, now.z[now.best])
    image_grid(pixels(now.x[now.best : now.best + 1])[0], key="explore-found", alt=_("The closest picture so far"))
    _standing(subject, search, now, waiting)


def _standing(subject: Subject, search: Search, now: Found, waiting: bool) -> None:
    error = 100 * float(now.error.min()) ** 0.5
    if waiting:
        st.progress(now.step / STEPS, _("Step {step}: off by {error:.1f} %").format(step=now.step, error=error))
        return
    named = (
        ""
        if now.label is None
        else _(", as {name}").format(name=plain(subject.examples.classes[int(now.label[now.best])]))
    )
    st.caption(
        _("Off by {error:.1f} % of the range from black to white (root mean square){named}.").format(
            error=error, named=named
        )
    )


def details(subject: Subject, search: Search) -> None:
    """How a search that is done got there: all tries, the error at each step, and a film of the best one."""
    if not search.done or len(search.told) <= LIVE_STEPS + 1:
        return
    last = search.told[-1]
    order = last.error.argsort()
    left, right = st.columns([3, 2], gap="large")
    with left:
        steps = np.arange(len(search.told))
        best = np.array([float(found.error.min()) for found in search.told])
        middle = np.array([float(found.error.median()) for found in search.told])
        series = [
            Curve(_("best try"), steps, best, "reconstruction"),
            Curve(_("middle try"), steps, middle, "z", dashed=True),
        ]
        alt = _("Error of the best and the middle try at each step")
        curves(series, key="explore-search-error", alt=alt, x_title=_("step"), y_title=_("squared error"), height=220)
        image_grid(
            tile(pixels(last.x[order]), columns=len(order)),
            key="explore-tries",
            alt=_("All tries, the closest first"),
            most_width=420,
        )
        st.caption(_("All tries, the closest first: where a try begins decides where it gets stuck."))
    with right:
        film = torch.stack([found.x[last.best] for found in search.told if len(found.x)])
        sheet = tile(pixels(film), columns=8, gap=0)
        frame_player(
            encode(np.ascontiguousarray(np.broadcast_to(sheet, (*sheet.shape[:2], 3)))),
            frames=len(film),
            columns=8,
            key="explore-search-film",
            alt=_("How the best try got there"),
            frames_per_second=8,
            most_width=220,
        )
