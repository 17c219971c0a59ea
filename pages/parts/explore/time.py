"""The time machine: how samples, codes, losses and the picture of one z came to be what they are.

Its slider moves these views in the browser; where it comes to rest, the whole page goes to that moment.
"""

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from genmodels.errors import UserError
from genmodels.latent.export import Exported
from genmodels.plots.grid import encode, tile
from genmodels.training.folder import RunFolder
from genmodels.training.moments import milestones
from pages.parts.curves import thin
from pages.parts.decoder import carry_film, pack_film
from pages.parts.explore import desk, moment, point
from pages.parts.explore.subject import Subject
from pages.parts.palette import CONCEPTS
from pages.parts.run_view import words
from pages.parts.run_view.story import Story
from pages.parts.text import _
from pages.parts.time_machine import Line, time_machine

MOST = 16
"""Moments that are shown."""
COLUMNS = 4
SAMPLES = 8
"""Moments in a row of the sheet; samples across and down."""
POINTS = 300
"""Of a curve."""
MOST_BYTES = 8_000_000
"""Of weights that are sent ahead, so that the desk and the pictures of one z follow the hand."""
_KEY = "explore-time"
_GONE = "_explore_time_gone"


@st.fragment
def show(subject: Subject) -> None:
    """The film of the run, and under it one z through time."""
    if st.session_state.pop(_GONE, False):
        st.rerun()
    steps = milestones(subject.folder.frames(), MOST)
    if len(steps) < 2:
        st.info(
            _("Only the end of this run was kept. Train one of your own, and its whole way can be seen here."),
            icon=":material/history_toggle_off:",
        )
        return
    text = _("**Move through training.** Everything below shows the same moment; the noise is always the same.")
    if moment.earlier(subject.folder):
        text += " " + _("Let go, and the whole page comes along.")
    st.markdown(text)
    try:
        _machine(subject, steps)
    except (UserError, KeyError, ValueError, RuntimeError):
        st.warning(_("What was kept of this run's training is damaged and cannot be shown."))


def _machine(subject: Subject, steps: list[int]) -> None:
    stops = moments(subject)
    filmed = _filmed(subject, stops)
    kept = filmed or stops
    sheet, codes = _frames(subject.run, subject.folder, tuple(steps))
    labels = subject.folder.fixed().get("labels") if subject.model.spec.classes else None
    now = point.current(subject)
    pictures = _through_time(subject.run, subject, tuple(kept), now.z, now.label) if kept else None
    strip = None if pictures is None else encode(tile(pictures, len(kept)), "png")
    time_machine(
        subject.run,
        steps,
        sheet,
        COLUMNS,
        key=_KEY,
        at=subject.step,
        on_rest=lambda answer: rested(subject, answer),
        codes=codes,
        labels=None if labels is None or codes is None else labels[: codes.shape[1]].numpy(),
        strip=strip,
        strip_steps=kept,
        stops=stops,
        lines=_losses(subject.run, subject.folder),
    )
    if pictures is None:
        st.caption(
            _(
                "Of this run only pictures are kept, not the weights of every moment: they would take several "
                "megabytes. One z through time can be seen in runs of your own, and in the bundled ones."
            )
        )
    elif not filmed or desk.is_plain(subject):
        # The desk moves z in a fragment of its own; pressing any button of this one draws it anew.
        words = _("Redraw the strip with the z that is on the desk now.")
        st.button(_("Update z"), icon=":material/sync:", key="explore-time-z", help=words)
    if filmed:  # last: the slider is there while it is made
        carry_film(_weights(subject.run, subject, tuple(filmed)))


def _filmed(subject: Subject, steps: list[int]) -> list[int]:
    """The moments whose weights the browser gets, so that the desk and the pictures of z follow the hand: as many as
    are quickly sent, none where even two are too much."""
    if not steps or not isinstance(subject.exported, Exported):
        return []
    size = subject.exported.weights.nbytes
    return milestones(steps, MOST_BYTES // size) if size <= MOST_BYTES // 2 else []


@st.cache_data(show_spinner=False, max_entries=4)
def _weights(run: str, _subject: Subject, steps: tuple[int, ...]) -> bytes:
    then = {step: moment.at(_subject, step) for step in steps}
    weights = {step: one.exported.weights for step, one in then.items() if isinstance(one.exported, Exported)}
    codes = {step: then[step].codes.half().numpy() for step in weights if _subject.encodes}
    return pack_film(run, weights, codes)


def moments(subject: Subject) -> list[int]:
    """Steps at which the page can stand, the end among them; none where only the end was kept."""
    steps = moment.kept(subject.folder)
    return milestones(steps, MOST) if len(steps) > 1 else []


def rested(subject: Subject, answer: object) -> None:
    """The browser says at which moment the slider came to rest; anything but a moment of this run is ignored."""
    if not isinstance(answer, dict) or answer.get("name") != subject.run:
        return
    step = answer.get("step")
    if type(step) is not int or step not in moments(subject):
        return
    step = None if step == moment.last(subject.folder) else step
    if step != subject.step:
        moment.go(step)
        st.session_state[_GONE] = True


@st.cache_data(show_spinner=False, max_entries=8)
def _frames(run: str, _folder: RunFolder, steps: tuple[int, ...]) -> tuple[bytes, np.ndarray | None]:
    """The samples of all moments on one sheet, and the codes ``[S, N, 2]`` where there are any."""
    frames = [_folder.frame(step) for step in steps]
    grids = [torch.from_numpy(tile(frame["samples"][: SAMPLES**2], SAMPLES, gap=1)) for frame in frames]
    sheet = tile(torch.stack(grids).permute(0, 3, 1, 2), COLUMNS)
    codes = torch.stack([frame["codes"] for frame in frames]).numpy() if "codes" in frames[0] else None
    return encode(sheet, "jpeg"), codes


@st.cache_data(show_spinner=False, max_entries=32)
def _through_time(run: str, _subject: Subject, steps: tuple[int, ...], z: tuple[float, ...], label: int) -> Tensor:
    """What the decoder of each moment makes of ``z``, uint8 ``[S, C, H, W]``; the last one is that of the end."""
    code, y = torch.tensor([z]), torch.tensor([label])
    return torch.cat([moment.at(_subject, step).decode(code, y) for step in steps])


@st.cache_data(show_spinner=False, max_entries=8)
def _losses(run: str, _folder: RunFolder) -> list[Line]:
    story = Story(_folder)
    story.read_on()
    lines = []
    for i, (part, series) in enumerate(story.losses.items()):
        about = words.loss_part(part, i)
        steps, values = series.arrays()
        finite = np.isfinite(values)
        if about.chart == "losses" and finite.any():
            lines.append(Line(about.name, *thin(steps[finite], values[finite], POINTS), CONCEPTS[about.concept]))
    return lines
