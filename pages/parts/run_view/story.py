"""What a run has told so far, read bit by bit from its folder and kept as arrays. No Streamlit here."""

import math
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from genmodels.errors import UserError
from genmodels.training.folder import RunFolder, Status

MOST_MOMENTS = 50
MOST_SPECTRA = 12


@dataclass
class Series:
    """A quantity over training steps."""

    steps: array = field(default_factory=lambda: array("d"))
    values: array = field(default_factory=lambda: array("d"))

    def add(self, step: float, value: float) -> None:
        self.steps.append(step)
        self.values.append(value)

    def arrays(self) -> tuple[np.ndarray, np.ndarray]:
        """Steps and values, float64 ``[N]`` each."""
        return np.array(self.steps), np.array(self.values)

    def cut(self, step: float) -> None:
        """Forget what lies after ``step``: a resumed run goes through it again."""
        while self.steps and self.steps[-1] > step:
            self.steps.pop()
            self.values.pop()


@dataclass(frozen=True)
class Moment:
    """Something worth remembering: what happened after so many steps, and to which settings or why."""

    kind: str
    step: int
    changes: Mapping[str, Any]
    reason: str


class Story:
    """The history of one run.

    Attributes:
        losses: ``"player/part"`` to its series.
        metrics: Name to its series, the headline first.
        spectra: Metrics that are lists, such as the KL of each dimension: the latest values, ``[n]``.
        floor: What real data would show in place of samples, by the names of ``metrics``; floats.
        floor_spectra: The same by the names of ``spectra``, ``[n]`` each.
        judge: The network whose features are compared (see ``genmodels/metrics/features.py``).
        spectra_before: The same as ``spectra`` over the last measurements, oldest first.
        card: The graphics card that it computes on, as ``"CUDA"``; empty where it is the processor.
        moments: Edits, refusals, pauses and ends, oldest first.
        settings: What was changed in mid-run: name to latest value.
        frame_step: Step of :attr:`frame`, -1 before there is one.
        frame: The latest frame, name to array (see ``genmodels/training/views.py``).
        fixed: The fixed noise, originals and labels behind the frames.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self.losses: dict[str, Series] = {}
        self.metrics: dict[str, Series] = {}
        self.spectra: dict[str, np.ndarray] = {}
        self.spectra_before: dict[str, list[np.ndarray]] = {}
        self.floor: dict[str, float] = {}
        self.floor_spectra: dict[str, np.ndarray] = {}
        self.judge = ""
        self.card = ""
        self.moments: list[Moment] = []
        self.settings: dict[str, Any] = {}
        self.frame_step = -1
        self.frame: dict[str, np.ndarray] = {}
        self.fixed: dict[str, np.ndarray] = {}
        self.spans: dict[str, tuple[float, float]] = {}
        self._offset = 0

    def read_on(self) -> None:
        """Take in what is new since the last call; only that is read. Whoever does this looks at the run."""
        self.folder.look()
        events, end = self.folder.history(self._offset)
        if end < self._offset:  # thinned meanwhile: told anew, or what has been taken in would come twice
            self.losses, self.metrics, self.moments = {}, {}, []
            events, end = self.folder.history()
        self._offset = end
        for event in events:
            self._take(event)
        self._look()

    def span(self, name: str, low: float, high: float) -> tuple[float, float]:
        """A range for an axis that holds ``low`` to ``high`` and stays as it is while it still suits them."""
        old_low, old_high = self.spans.get(name, (math.inf, -math.inf))
        fits = old_low <= low and high <= old_high and (high - low) > 0.4 * (old_high - old_low)
        if not fits:
            margin = 0.15 * (high - low) or 1.0
            self.spans[name] = (low - margin, high + margin)
        return self.spans[name]

    def _take(self, event: Mapping[str, Any]) -> None:
        kind, step = event.get("event"), event.get("step")
        if not isinstance(kind, str) or not _is_number(step):
            return
        if kind == "started":
            self.losses, self.metrics = _cut(self.losses, step), _cut(self.metrics, step)
            self.card = device.upper() if (device := str(event.get("device", "cpu"))) in ("cuda", "mps") else ""
        elif kind == "step":
            _collect(self.losses, step, event.get("losses"))
        elif kind == "evaluation":
            _collect(self.metrics, step, event.get("metrics"))
            self._take_spectra(_lists(event.get("metrics")))
            self.floor |= _numbers(event.get("floor"))
            self.floor_spectra |= _lists(event.get("floor"))
            self.judge = str(event.get("judge", ""))
        else:
            self._remember(kind, int(step), event)

    def _take_spectra(self, lists: dict[str, np.ndarray]) -> None:
        self.spectra |= lists
        for name, values in lists.items():
            kept = self.spectra_before.setdefault(name, [])
            if kept and len(kept[-1]) != len(values):  # of another model, or damaged
                kept.clear()
            kept.append(values)
            del kept[:-MOST_SPECTRA]

    def _remember(self, kind: str, step: int, event: Mapping[str, Any]) -> None:
        changes = event.get("changes")
        changes = changes if isinstance(changes, dict) else {}
        if kind == "edited":
            self.settings |= changes
        self.moments.append(Moment(kind, step, changes, str(event.get("reason", ""))))
        del self.moments[:-MOST_MOMENTS]

    def _look(self) -> None:
        step = next(reversed(self.folder.frames()), -1)
        if step == self.frame_step or step < 0:
            return
        try:
            if not self.fixed:
                self.fixed = {name: value.numpy() for name, value in self.folder.fixed().items()}
            self.frame = {name: value.numpy() for name, value in self.folder.frame(step).items()}
        except UserError:  # thinned out between the two looks, or damaged: the last one that could be read stays
            return
        self.frame_step = step


@dataclass(frozen=True)
class Standing:
    """Where a run stands, with numbers that are numbers whatever the file says."""

    state: str
    step: int
    seconds: float
    progress: float
    remaining: float | None
    rate: float
    reason: str

    @property
    def active(self) -> bool:
        return Status(state=self.state).active


def standing(folder: RunFolder) -> Standing:
    """Where ``folder`` stands. Raises UserError when it is damaged."""
    try:
        status = folder.status()
        return Standing(
            state=str(status.state),
            step=int(status.step),
            seconds=float(status.seconds),
            progress=min(1.0, max(0.0, float(status.progress))),
            remaining=None if status.remaining is None else float(status.remaining),
            rate=float(status.samples_per_second),
            reason=str(status.reason),
        )
    except (TypeError, ValueError, OverflowError) as error:
        if isinstance(error, UserError):
            raise
        raise UserError(f"status.json in the run folder {folder.id!r} is damaged.") from None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _cut(told: dict[str, Series], step: float) -> dict[str, Series]:
    """What was told up to ``step``: a run that goes on from there goes through the rest again."""
    for series in told.values():
        series.cut(step)
    return {name: series for name, series in told.items() if series.steps}


def _collect(into: dict[str, Series], step: float, values: object) -> None:
    for name, value in _numbers(values).items():
        into.setdefault(name, Series()).add(step, value)


def _numbers(values: object) -> dict[str, float]:
    return {name: value for name, value in values.items() if _is_number(value)} if isinstance(values, dict) else {}


def _lists(values: object) -> dict[str, np.ndarray]:
    if not isinstance(values, dict):
        return {}
    lists = {name: value for name, value in values.items() if isinstance(value, list) and value}
    return {name: np.array(value, float) for name, value in lists.items() if all(map(_is_number, value))}
