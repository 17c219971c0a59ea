"""The one loop. It moves each player in turn and never knows which model it trains."""

import math
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from genmodels.config import RunConfig, live_fields
from genmodels.data.base import Dataset, DataSpec, to_unit
from genmodels.data.closer import mean_sample
from genmodels.errors import UserError
from genmodels.metrics.heldout import evaluate
from genmodels.metrics.quality import Quality
from genmodels.models.base import MODELS, Batch, Model, Player
from genmodels.models.storage import MAX_VALUES
from genmodels.nn import EMA, parameter_count
from genmodels.training import events as ev
from genmodels.training.batches import Batches
from genmodels.training.clock import Rhythm, Stopwatch
from genmodels.training.events import Command
from genmodels.training.machine import choose_device, choose_precision, require_device
from genmodels.training.optimizers import OPTIMIZERS, Gradients
from genmodels.training.random import first_weights, generator_for, stream_seed
from genmodels.training.threads import Threads
from genmodels.training.views import Views

EVALUATED = 1000
COMPARED = {"image": 500, "points": 1000}
"""Held-out samples per evaluation during training: to measure a model on, and to compare its samples with."""
SMALL = 32 * 32
"""Values of a picture up to which a model finds their mean by itself: a VAE reaches 111 nats a digit either way."""
COUNTED = 4096
"""Pictures of which the mean is taken where a model starts from it."""
IDLE = 0.05
"""Seconds between two looks into the inbox while a run is paused."""
SLOWEST = 1.0
"""Steps per second of the slowest motion that can be asked for; slower ones are single steps."""


@dataclass(frozen=True)
class Pace:
    """How often a run speaks, in seconds: as a rule, and at most (see :class:`~genmodels.training.clock.Rhythm`).

    Ticks, snapshots and evaluations each take about ``share`` of the time.
    """

    tick: float = 0.2
    slowest_tick: float = 0.5
    snapshot: float = 0.4
    slowest_snapshot: float = 1.0
    evaluation: float = 1.0
    slowest_evaluation: float = 30.0
    share: float = 0.015

    def rhythm(self) -> Rhythm:
        """The rhythm of a run that begins now."""
        intervals = {
            "tick": (self.tick, max(self.tick, self.slowest_tick)),
            "snapshot": (self.snapshot, max(self.snapshot, self.slowest_snapshot)),
            "evaluation": (self.evaluation, max(self.evaluation, self.slowest_evaluation)),
        }
        return Rhythm(intervals, self.share)


PACES: Mapping[str, Pace] = {
    "image": Pace(),
    # Points are cheap to draw, and motion that is to be followed by eye needs more frames.
    "points": Pace(tick=0.1, slowest_tick=0.25, snapshot=0.1, slowest_snapshot=0.25, share=0.04),
}


@dataclass(frozen=True)
class ResumePoint:
    """Everything a run needs to go on as if it had never stopped; plain tensors and JSON, nothing executable."""

    config: RunConfig
    step: int
    seconds: float
    tensors: Mapping[str, Tensor]


def build(config: RunConfig, data: Dataset) -> Model:
    """A fresh model for this data; what its weights have of chance depends on the seed alone."""
    with first_weights(stream_seed(config.seed, "init")):
        model = MODELS[config.model].thing(config, data.spec)
    if data.spec.modality == "points":
        spread = float(data.train.std())
        model.scale.fill_(spread if spread > 0 else 1.0)
    elif data.spec.dim > SMALL:
        model.begin_at(to_unit(mean_sample(data.train[:COUNTED])))
    return model


def check(config: RunConfig, spec: DataSpec) -> None:
    """Find out what is wrong with a run before it is started, without computing or allocating anything.

    Raises:
        UserError: The settings do not fit this kind of data or this machine, or the model would be too large.
    """
    require_device(config.device)
    with torch.device("meta"):
        size = parameter_count(MODELS[config.model].thing(config, spec))
    if size > MAX_VALUES:
        raise UserError(
            f"This model would have {size / 1e6:,.0f} million parameters, more than {MAX_VALUES // 1_000_000} million; "
            "choose a smaller width or depth."
        )


class Trainer:
    """Trains one run and tells what happens.

    Put a :class:`Command` into ``inbox`` at any time; it is obeyed between two steps.

    Args:
        config: What to train, and how.
        data: What to train on.
        resume: Where to go on; from :meth:`resume_point`.
        pace: How often to speak.

    Raises:
        UserError: The settings do not fit the data or this machine.

    >>> from genmodels.data import load
    >>> from genmodels.models import preset
    >>> data = load("ring")
    >>> trainer = Trainer(preset("gan", "ring", data.spec, "fast", steps=3), data)
    >>> [type(event).__name__ for event in trainer.events()][-1]
    'Finished'
    """

    def __init__(
        self, config: RunConfig, data: Dataset, resume: ResumePoint | None = None, pace: Pace = Pace()
    ) -> None:
        check(config, data.spec)
        self.config = config
        self.data = data
        self.pace = pace
        self.inbox: deque[Command] = deque()
        self.device = choose_device(config.device, data.spec.modality)
        self.threads = Threads(config.threads, most=None if self.device.type == "cpu" else 1)
        self.precision = choose_precision(config.precision, self.device, data.spec.modality)
        self.model = build(config, data).to(self.device)
        self.ema = EMA(self.model, config.ema)
        self.players = tuple(self.model.players())
        self.optimizers = {
            p.name: OPTIMIZERS[getattr(config, p.optimizer)].thing(p.module.parameters()) for p in self.players
        }
        self.gradients: dict[str, Gradients] = {}
        self.batches = Batches(data, generator_for(config.seed, "order"), self.device)
        self.noise = generator_for(config.seed, "noise", self.device)
        self.quality = Quality(data, COMPARED[data.spec.modality])
        self.views = Views.of(self.model, data, config.seed)
        self.watch = Stopwatch()
        self.step = 0
        self.paused = False
        self.interval = 0.0
        self._ending: ev.Event | None = None
        self._sums: dict[str, Tensor] = {}
        self._counts: dict[str, int] = {}
        if resume is not None:
            self._restore(resume)
        self._reported = (self.step, self.watch.seconds)
        self._last_finite = self._weights()

    @property
    def shown(self) -> Model:
        """The model that people see: averaged weights."""
        model: Model = self.ema.module  # type: ignore[assignment]
        return model

    @property
    def progress(self) -> float:
        """Fraction of the budget used, 0 to 1; 0 when there is none."""
        steps = self.step / self.config.steps if self.config.steps else 0.0
        seconds = self.watch.seconds / self.config.seconds if self.config.seconds else 0.0
        return min(1.0, max(steps, seconds))

    @property
    def diverged(self) -> bool:
        """Whether the numbers grew without bound: then only :attr:`shown` is of use."""
        return isinstance(self._ending, ev.Stopped) and self._ending.diverged

    @property
    def _over(self) -> bool:
        return self._ending is not None or self.progress >= 1

    # ------------------------------------------------------------------ the game

    def advance(self, only: str | None = None) -> None:
        """One training step: every player moves in turn, or only the one called ``only``."""
        for player in self.players:
            if only in (None, player.name):
                for _ in range(player.moves):
                    self._move(player)
        self.step += 1
        self.ema.update(self.step)

    def _move(self, player: Player) -> None:
        x, y = self.batches.next(self.config.batch_size)
        batch = Batch(self.model.standardise(to_unit(x)), y, self.step)
        with self._autocast():
            terms = player.loss(batch, self.noise)
        optimizer = self.optimizers[player.name]
        # grad() reaches this player's parameters and no others, so nothing of another player has to be zeroed.
        gradients = self.gradients[player.name] = torch.autograd.grad(terms.total.mean(), optimizer.parameters)
        optimizer.step(gradients, self._rate(player))
        if player.after is not None:
            player.after()
        for part, values in terms.parts.items():
            self._count(f"{player.name}/{part}", values.detach().mean())

    def _autocast(self) -> AbstractContextManager[Any]:
        if self.precision == "bfloat16":
            return torch.autocast(self.device.type, dtype=torch.bfloat16)
        return nullcontext()

    def _rate(self, player: Player) -> float:
        rate: float = getattr(self.config, player.lr)
        if self.step < self.config.lr_warmup:
            rate *= (self.step + 1) / self.config.lr_warmup
        left = 1.0
        if self.config.lr_decay == "cosine":
            left = 0.5 * (1 + math.cos(math.pi * self.progress))
        elif self.config.lr_decay == "linear":
            left = 1 - self.progress
        return rate * (self.config.lr_floor + (1 - self.config.lr_floor) * left)

    def _count(self, name: str, value: Tensor) -> None:
        # Sums stay on the device: reading a number out would make every step wait for it.
        self._sums[name] = self._sums[name] + value if name in self._sums else value
        self._counts[name] = self._counts.get(name, 0) + 1

    # ------------------------------------------------------------------ the story

    def events(self) -> Iterator[ev.Event]:
        """Train to the end of the budget, or until stopped, and tell what happens."""
        parameters = {p.name: parameter_count(p.module) for p in self.players}
        self.watch.go()
        how = (self.threads.count, self.precision, self.device.type)
        yield ev.Started(self.step, self.watch.seconds, parameters, *how)
        yield self.snapshot()
        rhythm = self.pace.rhythm()
        while not self._over:
            yield from self._obey()
            if self._over:
                break
            if self.paused:
                yield ev.Paused(self.step, self.watch.seconds)
                time.sleep(IDLE)
            else:
                start = time.perf_counter()
                with self.threads.step():
                    self.advance()
                if rhythm.due("tick"):
                    yield from self._speak(rhythm)
                time.sleep(max(0.0, self.interval - (time.perf_counter() - start)))
        yield from self._end()
        self.watch.pause()

    def _speak(self, rhythm: Rhythm) -> Iterator[ev.Event]:
        with rhythm.work("tick"):
            yield self._report()
        if self._ending is not None:
            return
        if rhythm.due("snapshot"):
            with rhythm.work("snapshot"):  # what the listener does with it, such as writing it down, counts too
                yield self.snapshot()
        if rhythm.due("evaluation"):
            with rhythm.work("evaluation"):
                evaluation = self.evaluate()
            yield evaluation
            self._stop_at_target(evaluation)

    def _end(self) -> Iterator[ev.Event]:
        if self._counts:
            yield self._report()
        yield self.snapshot()
        yield self.evaluate()
        yield self._ending or ev.Finished(self.step, self.watch.seconds, "The budget is used up.")

    def snapshot(self) -> ev.Snapshot:
        """What a person sees now, computed in the precision of the run."""
        with self._autocast():
            views = self.views.look(self.shown)
        return ev.Snapshot(self.step, self.watch.seconds, views)

    def evaluate(self, n: int = EVALUATED) -> ev.Evaluation:
        """Quality of the averaged weights on the first ``n`` held-out samples; draws the same noise each time."""
        generator = generator_for(self.config.seed, "evaluation", self.device)
        metrics = evaluate(self.shown, self.data, self.quality, generator, n)
        return ev.Evaluation(self.step, self.watch.seconds, metrics, self.quality.floor(), self.quality.judge)

    def _report(self) -> ev.Event:
        means = {name: float(total) / self._counts[name] for name, total in self._sums.items()}
        moved = {name.partition("/")[0] for name in means}
        means |= {f"{p.name}/gradient": self._gradient_norm(p) for p in self.players if p.name in moved}
        self._sums, self._counts = {}, {}
        weights = self._weights()
        # A sum is finite only if all of its terms are, and costs a tenth of asking each of them.
        sums = torch.stack([w.sum() for w in weights.values()])
        if not all(map(math.isfinite, means.values())) or not bool(sums.isfinite().all()):
            self._diverge()
            means = {name: value for name, value in means.items() if math.isfinite(value)}
        else:
            self._last_finite = weights
        seconds, (last_step, last_seconds) = self.watch.seconds, self._reported
        self._reported = (self.step, seconds)
        moves = max(p.moves for p in self.players)
        rate = (self.step - last_step) * moves * self.config.batch_size / max(seconds - last_seconds, 1e-9)
        progress = self.progress
        remaining = seconds * (1 - progress) / progress if progress else None
        return ev.Step(self.step, seconds, means, rate, progress, remaining, self.threads.count)

    def _gradient_norm(self, player: Player) -> float:
        """Of the player's last move: the length of its gradient, over all its parameters."""
        return float(torch.stack(torch._foreach_norm(self.gradients[player.name])).norm())

    def _diverge(self) -> None:
        self.shown.load_state_dict(self._last_finite)
        self._ending = ev.Stopped(
            self.step,
            self.watch.seconds,
            "The numbers grew without bound, so the run stopped at its last healthy state; "
            "try a tenth of the learning rate.",
            diverged=True,
        )

    def _stop_at_target(self, evaluation: ev.Evaluation) -> None:
        name, value = next(iter(evaluation.metrics.items()))
        if self.config.target is not None and isinstance(value, float) and value <= self.config.target:
            self._ending = ev.Finished(self.step, self.watch.seconds, f"The target is reached: {name} {value:.4g}.")

    # ------------------------------------------------------------------ wishes from outside

    def _obey(self) -> Iterator[ev.Event]:
        while self.inbox and not self._over:
            command = self.inbox.popleft()
            handler = {
                "pause": self._pause, "resume": self._go_on, "stop": self._stop,
                "step": self._single, "edit": self._edit, "speed": self._speed,
            }.get(command.action)  # fmt: skip
            if handler is None:
                yield self._refused(f"There is no command {command.action[:40]!r}.")
            else:
                yield from handler(command.values)

    def _pause(self, values: Mapping[str, Any]) -> Iterator[ev.Event]:
        if self._counts:
            yield self._report()
        if self._over:
            return
        self.paused = True
        self.watch.pause()
        yield self.snapshot()
        yield ev.Paused(self.step, self.watch.seconds)

    def _go_on(self, values: Mapping[str, Any]) -> Iterator[ev.Event]:
        self.paused = False
        self.watch.go()
        yield ev.Resumed(self.step, self.watch.seconds)

    def _stop(self, values: Mapping[str, Any]) -> Iterator[ev.Event]:
        reason = str(values.get("reason", "Stopped on request."))[:200]
        self._ending = ev.Stopped(self.step, self.watch.seconds, reason)
        return iter(())

    def _single(self, values: Mapping[str, Any]) -> Iterator[ev.Event]:
        player = values.get("player")
        if player not in (None, *(p.name for p in self.players)):
            yield self._refused(f"There is no player called {str(player)[:40]!r}.")
            return
        self.watch.go()
        self.advance(player)
        if self.paused:
            self.watch.pause()
        yield self._report()
        yield self.snapshot()

    def _speed(self, values: Mapping[str, Any]) -> Iterator[ev.Event]:
        limit = values.get("steps_per_second")
        if limit is not None and not (isinstance(limit, int | float) and SLOWEST <= limit < math.inf):
            yield self._refused(f"The speed must be at least {SLOWEST:g} steps a second; leave it out for full speed.")
            return
        self.interval = 1 / limit if limit else 0.0

    def _edit(self, values: Mapping[str, Any]) -> Iterator[ev.Event]:
        fixed = set(values) - set(live_fields(type(self.config)))
        if fixed:
            yield self._refused(
                f"{', '.join(sorted(fixed))[:80]} cannot change while the run goes on; start a new run."
            )
            return
        try:
            self.config = self.config.changed(values)
        except UserError as error:
            yield self._refused(str(error))
            return
        self.model.config = self.shown.config = self.config
        changes = {name: getattr(self.config, name) for name in values}
        yield ev.Edited(self.step, self.watch.seconds, changes)

    def _refused(self, reason: str) -> ev.Refused:
        return ev.Refused(self.step, self.watch.seconds, reason)

    # ------------------------------------------------------------------ stopping and going on

    def _weights(self) -> dict[str, Tensor]:
        return {name: value.detach().clone() for name, value in self.shown.state_dict().items()}

    def resume_point(self) -> ResumePoint:
        """Weights, averages, optimizers and all chance, so that going on equals never having stopped."""
        tensors = {f"model/{k}": v for k, v in self.model.state_dict().items()}
        tensors |= {f"ema/{k}": v for k, v in self.shown.state_dict().items()}
        tensors |= {f"batches/{k}": v for k, v in self.batches.state().items()}
        tensors["noise"] = self.noise.get_state()
        for player, optimizer in self.optimizers.items():
            tensors |= {f"optimizer/{player}/{k}": v for k, v in optimizer.state().items()}
        copies = {name: value.detach().cpu().clone() for name, value in tensors.items()}
        return ResumePoint(self.config, self.step, self.watch.seconds, copies)

    def _restore(self, point: ResumePoint) -> None:
        def under(prefix: str) -> dict[str, Tensor]:
            return {k.removeprefix(prefix): v for k, v in point.tensors.items() if k.startswith(prefix)}

        try:
            self.model.load_state_dict(under("model/"))
            self.shown.load_state_dict(under("ema/"))
            for player, optimizer in self.optimizers.items():
                optimizer.restore(under(f"optimizer/{player}/"))
            self.batches.restore(under("batches/"))
            self.noise.set_state(point.tensors["noise"])
        except (KeyError, IndexError, TypeError, RuntimeError, ValueError) as error:
            raise UserError("The checkpoint does not fit this run; start the run again.") from error
        self.step = point.step
        self.watch = Stopwatch(point.seconds)
