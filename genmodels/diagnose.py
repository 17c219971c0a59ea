"""What is going on in a run, in one plain sentence with the evidence.

Each detector is a pure function of what a run has told so far; it returns a :class:`Finding` or None. A new one is a
function with ``@detector`` on it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

Arrays = Mapping[str, np.ndarray]
Severity = Literal["ill", "watch", "well"]

RECENT = 60
"""Reports of the loop that count as recent."""
EARLY = 100
"""Steps before which nothing is said: every run begins ill."""


@dataclass(frozen=True)
class Finding:
    """Something worth saying about a run.

    Attributes:
        name: Stable name of the detector, such as ``"mode-collapse"``.
        title: Its name in the field.
        sentence: What happens, and what helps.
        evidence: The numbers it was seen by.
        severity: ``"ill"``, ``"watch"`` or ``"well"``.
    """

    name: str
    title: str
    sentence: str
    evidence: str
    severity: Severity


@dataclass(frozen=True)
class History:
    """What a run has told.

    Attributes:
        step: Steps done.
        losses: ``"player/part"`` to the values reported, oldest first ``[T]`` (see ``Step`` in ``training/events.py``).
        metrics: Name to the values measured on held-out data, oldest first ``[E]``.
        lists: Metrics that are lists, such as ``mode_shares`` and ``kl_per_dim``: ``[E, k]``, oldest first.
        frame: The last frame (see ``training/views.py``).
        fixed: The fixed places behind it.
        diverged: Whether the loop stopped because the numbers grew without bound.
    """

    step: int
    losses: Arrays = field(default_factory=dict)
    metrics: Arrays = field(default_factory=dict)
    lists: Arrays = field(default_factory=dict)
    frame: Arrays = field(default_factory=dict)
    fixed: Arrays = field(default_factory=dict)
    diverged: bool = False

    def latest(self, name: str, n: int = 3) -> float | None:
        """The median of the last ``n`` values of a metric; None where there are fewer."""
        values = self.metrics.get(name, np.zeros(0))[-n:]
        return float(np.median(values)) if len(values) == n else None


Detector = Callable[[History], Finding | None]
DETECTORS: list[Detector] = []


def detector(function: Detector) -> Detector:
    """Make a detector known."""
    DETECTORS.append(function)
    return function


def diagnose(history: History) -> list[Finding]:
    """All findings, the worst first; the equilibrium counts as healthy only where nothing is ill."""
    found = [finding for look in DETECTORS if (finding := look(history)) is not None]
    order: Sequence[Severity] = ("ill", "watch", "well")
    if any(finding.severity == "ill" for finding in found):
        found = [finding for finding in found if finding.severity != "well"]
    return sorted(found, key=lambda finding: order.index(finding.severity))


# ---------------------------------------------------------------------- any model


@detector
def divergence(history: History) -> Finding | None:
    """A loss that has left its own past far behind."""
    grown = [name for name, values in history.losses.items() if _grown(values)]
    if not history.diverged and not grown:
        return None
    values = history.losses[grown[0]] if grown else np.array([np.inf])
    return Finding(
        "divergence",
        "Divergence",
        "The numbers grow without bound: the steps are too long. "
        "Try a tenth of the learning rate or, in a GAN, a penalty on D.",
        f"{grown[0]} reached {values[-1]:.3g}" if grown else "the loop stopped at numbers that are not finite",
        "ill",
    )


def _grown(values: np.ndarray) -> bool:
    if len(values) < 10:
        return False
    usual = float(np.median(np.abs(values[: len(values) // 2])))
    return bool(abs(values[-1]) > 1000 and abs(values[-1]) > 20 * usual)


# ---------------------------------------------------------------------- games


def _width(x: np.ndarray) -> float:
    flat = x.reshape(len(x), -1).astype(float)
    return float(np.sqrt(flat.var(0).sum()))


def _lost_modes(history: History) -> tuple[int, int] | None:
    """Modes covered and modes there are, where at most half of them are covered and samples do sit on modes."""
    shares, good = history.lists.get("mode_shares"), history.latest("high_quality", 1)
    covered = history.metrics.get("modes", np.zeros(0))[-2:]
    if shares is None or good is None or good < 0.2 or len(covered) < 2:
        return None
    modes = shares.shape[1]
    return (int(covered[-1]), modes) if modes > 1 and covered.max() <= modes / 2 else None


def _hops(history: History, last: int = 8) -> int:
    """How often the fullest mode was another one, among the last few measurements."""
    shares = history.lists.get("mode_shares", np.zeros((0, 1)))[-last:]
    fullest = shares.argmax(1) if len(shares) else np.zeros(0)
    return int((fullest[1:] != fullest[:-1]).sum())


@detector
def mode_collapse(history: History) -> Finding | None:
    """Few modes, or one clump, and it stays there."""
    if history.step < EARLY or "generator/loss" not in history.losses or vanishing_gradient(history):
        return None  # a generator that never learned anything has not settled on anything either
    lost = _lost_modes(history)
    if lost and _hops(history) < 3:
        evidence = f"{lost[0]} of {lost[1]} modes have samples"
    elif "samples" in history.frame and "originals" in history.fixed:
        share = _width(history.frame["samples"]) / max(_width(history.fixed["originals"]), 1e-9)
        if share > 0.4 or lost:
            return None
        evidence = f"the samples spread over {share:.0%} of the width of the data"
    else:
        return None
    return Finding(
        "mode-collapse",
        "Mode collapse",
        "The generator has settled on a few safe forgeries and shows little variety. A relativistic loss with R1 + R2, "
        "or packs of several samples, bring the rest back.",
        evidence,
        "ill",
    )


@detector
def mode_hopping(history: History) -> Finding | None:
    """Few modes at a time, and others every time."""
    lost, hops = _lost_modes(history), _hops(history)
    if history.step < EARLY or lost is None or hops < 3:
        return None
    return Finding(
        "mode-hopping",
        "Mode hopping",
        "The generator runs from mode to mode: as soon as D has learned one, it moves on. A penalty on D's slope "
        "calms it.",
        f"{lost[0]} of {lost[1]} modes at a time, and the fullest one changed {hops} times in the last measurements",
        "ill",
    )


@detector
def vanishing_gradient(history: History) -> Finding | None:
    """D is sure, and G hears nothing from it."""
    wins, weak = history.latest("d_separation", 2), _weak_pull(history)
    if history.step < EARLY or wins is None or wins < 0.95 or weak is None:
        return None
    return Finding(
        "vanishing-gradient",
        "Vanishing gradient",
        "D is so sure of itself that G learns nothing from it any more. "
        "Non-saturating and relativistic losses keep their slope here, and a penalty keeps D less sure.",
        f"{weak}, and D is right in {wins:.0%} of all pairs",
        "ill",
    )


def _weak_pull(history: History) -> str | None:
    """Words for a gradient that has all but gone, seen at the samples where they are points, else at G's weights."""
    if "pull" in history.frame and "originals" in history.fixed:
        pull = np.hypot(*history.frame["pull"].T) * _width(history.fixed["originals"])
        half = float(np.median(pull))
        return f"half of the samples are pulled by less than {half:.1g}" if half < 0.01 else None
    gradient = history.losses.get("generator/gradient", np.zeros(0))
    if len(gradient) < 10:
        return None
    now, peak = float(np.median(gradient[-10:])), float(gradient.max())
    return f"G's gradient is {now:.2g} after {peak:.2g} at its best" if now < max(1e-3, 0.02 * peak) else None


@detector
def oscillation(history: History) -> Finding | None:
    """A loss that comes round again and again."""
    # A slow machine makes fewer steps between two reports, so that the same circle takes more of them or fewer.
    for window in (RECENT, 2 * RECENT, 4 * RECENT):
        values = history.losses.get("generator/loss", np.zeros(0))[-window:]
        if history.step >= EARLY and len(values) == window and (found := _circle(values)):
            return found
    return None


def _circle(values: np.ndarray) -> Finding | None:
    n = len(values)
    time = np.arange(len(values))
    values = values - np.polyval(np.polyfit(time, values, 1), time)
    swing = float(values.std())
    if swing < 0.02:
        return None
    echo = np.correlate(values, values, "full")[len(values) - 1 :] / (len(values) - time) / values.var()
    low = int(np.argmin(echo[: n // 3]))
    high = low + int(np.argmax(echo[low : n * 2 // 3]))
    if echo[low] > -0.4 or echo[high] < 0.4:
        return None
    return Finding(
        "oscillation",
        "Oscillation",
        "The players chase each other in circles instead of meeting. R1 is the damping that this needs.",
        f"G's loss swings by {2 * swing:.2g} and comes round every {high} reports",
        "watch",
    )


@detector
def too_strong(history: History) -> Finding | None:
    """D tells the sides apart all the time."""
    wins = history.latest("d_separation")
    if history.step < EARLY or wins is None or wins < 0.97:
        return None
    return Finding(
        "d-too-strong",
        "D is too strong",
        "The discriminator tells real from generated nearly without fail, so its advice is harsh and coarse. Give G "
        "more moves or a higher rate, or D a stronger penalty.",
        f"D ranks a real sample above a generated one in {wins:.0%} of all pairs; 50 % is the balance",
        "watch",
    )


@detector
def too_weak(history: History) -> Finding | None:
    """D cannot tell, though a ruler could."""
    wins, apart = history.latest("d_separation"), history.latest("coverage")
    if history.step < EARLY or wins is None or apart is None or wins > 0.62 or apart > 0.35:
        return None
    return Finding(
        "d-too-weak",
        "D is too weak",
        "The discriminator cannot tell the sides apart, though they differ: its advice is worth little. Give it more "
        "moves, more width, or less penalty.",
        f"D is right in {wins:.0%} of all pairs, yet the samples cover only {apart:.0%} of the data",
        "watch",
    )


@detector
def equilibrium(history: History) -> Finding | None:
    """D cannot tell, and neither could a ruler."""
    wins, covered = history.latest("d_separation"), history.latest("coverage")
    if history.step < EARLY or wins is None or covered is None or wins > 0.65 or covered < 0.6:
        return None
    return Finding(
        "equilibrium",
        "Healthy balance",
        "The forgeries pass: D cannot tell them from real samples, and they are where the data are.",
        f"D is right in {wins:.0%} of all pairs, and the samples cover {covered:.0%} of the data",
        "well",
    )


# ---------------------------------------------------------------------- autoencoders

SILENT = 0.05
"""Nats below which a dimension of the code says nothing."""


@detector
def posterior_collapse(history: History) -> Finding | None:
    """Codes that say nothing about the sample."""
    spectrum = history.lists.get("kl_per_dim")
    if history.step < EARLY or spectrum is None or len(spectrum) < 2:
        return None
    nats = spectrum[-2:].max(0)
    silent = int((nats < SILENT).sum())
    if silent < len(nats):
        return None
    return Finding(
        "posterior-collapse",
        "Posterior collapse",
        "The codes have fallen silent: every sample gets the prior itself, and the decoder draws the mean of all data. "
        "Lower beta, or let the KL term grow slowly.",
        f"all {len(nats)} dimensions carry {float(nats.sum()):.2g} nats together",
        "ill",
    )
