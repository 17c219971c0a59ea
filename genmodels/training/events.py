"""What happens in a run and what can be asked of it, as frozen values.

App, command line, notebook and tests read the same stream.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

Metrics = Mapping[str, float | list[float]]


@dataclass(frozen=True)
class Event:
    """Something that happened after ``step`` steps and ``seconds`` of training (pauses not counted)."""

    step: int
    seconds: float


@dataclass(frozen=True)
class Started(Event):
    """The run begins or goes on; ``parameters`` counts the trainable values of each player.

    ``device`` and ``precision`` are those that it computes with, also where it was left open which.
    """

    parameters: Mapping[str, int]
    threads: int
    precision: str
    device: str


@dataclass(frozen=True)
class Step(Event):
    """Means over all steps since the last such event.

    Attributes:
        losses: ``"player/part"`` -> mean over samples and steps, in nats where the objective is; ``"player/gradient"``
            -> the length of the gradient of its last move.
        samples_per_second: Real samples seen per second of training.
        progress: Fraction of the budget used, 0 to 1; 0 when there is none.
        remaining: Seconds of training left, or None when there is no budget.
        threads: Processor threads in use.
    """

    losses: Mapping[str, float]
    samples_per_second: float
    progress: float
    remaining: float | None
    threads: int


@dataclass(frozen=True)
class Snapshot(Event):
    """What a person sees at this moment, from fixed noise and fixed held-out samples (see ``views.py``)."""

    views: "Mapping[str, Tensor]"


@dataclass(frozen=True)
class Evaluation(Event):
    """Quality on held-out data.

    Attributes:
        metrics: The first is the headline.
        floor: What the measures of samples would be for real data in their place, chance included.
        judge: The network whose features were compared (see ``metrics/features.py``); empty where none is needed.
    """

    metrics: Metrics
    floor: Metrics = field(default_factory=dict)
    judge: str = ""


@dataclass(frozen=True)
class Edited(Event):
    """Settings were changed while the run went on."""

    changes: Mapping[str, float]


@dataclass(frozen=True)
class Refused(Event):
    """A command could not be obeyed; the sentence says why."""

    reason: str


@dataclass(frozen=True)
class Paused(Event):
    """The run waits. Sent again now and then while it does, as a sign of life."""


@dataclass(frozen=True)
class Resumed(Event):
    """The run goes on after a pause."""


@dataclass(frozen=True)
class Stopped(Event):
    """The run ended before its budget: asked to, or because something went wrong."""

    reason: str
    diverged: bool = False


@dataclass(frozen=True)
class Finished(Event):
    """The budget is used, or the target reached."""

    reason: str = field(default="")


@dataclass(frozen=True)
class Command:
    """A wish from outside.

    Attributes:
        action: ``pause``, ``resume``, ``stop``, ``step``, ``edit`` or ``speed``.
        values: For ``edit`` the changed settings; for ``step`` optionally ``{"player": name}`` to move only one; for
            ``speed`` the most ``steps_per_second``, full speed where it is left out.
    """

    action: str
    values: Mapping[str, Any] = field(default_factory=dict)
