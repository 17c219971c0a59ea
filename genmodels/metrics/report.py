"""Runs measured alike, so that they can be compared; and what the numbers say, in sentences."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import Any

import torch
from torch import Tensor

from genmodels.config import RunConfig
from genmodels.data import Dataset, data_of, to_unit
from genmodels.errors import UserError
from genmodels.metrics.heldout import measure
from genmodels.metrics.looks import diversity, sharpness
from genmodels.metrics.quality import Quality, draw
from genmodels.models.base import Measures, Model
from genmodels.training.folder import RunFolder
from genmodels.training.random import generator_for

MOST = 1000
"""Samples drawn of each run, and held-out samples they are compared with."""
SEED = 0
"""Of the noise behind the samples: the same for all runs."""


@dataclass(frozen=True)
class Report:
    """One run in numbers.

    Attributes:
        config: Its settings.
        samples: How many were compared with as many held-out ones.
        measures: As of :class:`~genmodels.metrics.quality.Quality`, and what the model says of held-out data itself;
            beside these ``sharpness`` (images) and ``diversity`` as shares of the real data's.
        floor: The same measures for training data in place of samples: what a perfect sampler would show.
        shares: Share of each class (or mode) among the samples; ``real_shares`` among training data; empty where
            unknown. ``classes`` are their names.
        seconds: Of training; ``step_ms`` of one step.
        parameters: Weights by player.
    """

    config: RunConfig
    samples: int
    measures: Measures
    floor: Measures
    shares: tuple[float, ...]
    real_shares: tuple[float, ...]
    classes: tuple[str, ...]
    steps: int
    seconds: float
    parameters: Mapping[str, int]
    encodes: bool

    @property
    def step_ms(self) -> float | None:
        """Milliseconds of training per step, evaluations not counted; None before the first step."""
        return 1000 * self.seconds / self.steps if self.steps else None

    def number(self, name: str) -> float | None:
        """A measure that is one number, or None."""
        value = self.measures.get(name)
        return value if isinstance(value, float) else None


def report(folder: RunFolder, n: int = MOST) -> Report:
    """Measure a run on its own data, with the same noise and the same held-out samples as any other run on them.

    Raises:
        UserError: The run is damaged, has no weights yet, or its data have gone or changed.
    """
    config, status, model = folder.config(), folder.status(), folder.model()
    # However many samples it learned from, and however noisy: the measure is the same.
    data = data_of(config.model_copy(update={"data_size": None, "added_noise": 0.0}))
    if data.spec.shape != model.spec.shape:
        raise UserError("The data of this run changed their shape since it was trained, so it cannot be measured.")
    bench = Bench(data, n)
    x = draw(model, bench.quality.n, generator_for(SEED, "comparison"))
    measures, shares = bench.measure(x)
    measures |= _own(model, data, n)
    floor, real_shares = bench.floor
    return Report(
        config=config,
        samples=len(x),
        measures=measures,
        floor=floor,
        shares=shares,
        real_shares=real_shares if shares else (),
        classes=data.spec.classes
        if len(shares) == len(data.spec.classes)
        else tuple(map(str, range(1, 1 + len(shares)))),
        steps=status.step,
        seconds=status.seconds,
        parameters=dict(status.parameters or {}),
        encodes=model.encodes,
    )


def _own(model: Model, data: Dataset, n: int) -> Measures:
    """What the model says of the first held-out samples: a bound, a reconstruction error, ..."""
    labels = None if data.test_labels is None else data.test_labels[:n]
    try:
        return measure(model, data.test[:n], generator_for(SEED, "evaluation"), labels)
    except NotImplementedError:
        return {}


class Bench:
    """Measures samples, wherever they come from, against the held-out part of one data set."""

    def __init__(self, data: Dataset, n: int = MOST) -> None:
        self.data = data
        self.quality = Quality(data, n)
        self.real = to_unit(data.test[: self.quality.n])

    def measure(self, x: Tensor) -> tuple[Measures, tuple[float, ...]]:
        """Quality, sharpness and diversity of ``[N, *shape]``; and the shares of its classes or modes."""
        x = x[x.flatten(1).isfinite().all(1)]
        if len(x) < 2:
            return {}, ()
        found = dict(self.quality.of(x))
        shares = [found.pop(name) for name in ("classes", "mode_shares") if name in found]
        if self.data.spec.modality == "image":
            found["sharpness"] = _ratio(float(sharpness(x).mean()), float(sharpness(self.real).mean()))
        found["diversity"] = _ratio(diversity(self._described(x)), diversity(self._described(self.real)))
        return found, tuple(shares[0]) if shares and isinstance(shares[0], list) else ()

    @cached_property
    def floor(self) -> tuple[Measures, tuple[float, ...]]:
        """Training data in place of samples."""
        return self.measure(to_unit(self.data.train[: self.quality.n]))

    def _described(self, x: Tensor) -> Tensor:
        network = self.quality.features
        if network is None:
            return x
        with torch.no_grad():
            return network.describe(x)[0]


def _ratio(value: float, real: float) -> float:
    return value / real if real > 0 else 0.0


# ---------------------------------------------------------------------- in sentences

Sentence = Callable[[Sequence[tuple[str, Report]]], str]
ALIKE = 0.05
"""Differences below that fraction are no differences."""
SHARED = {"data": "data", "seed": "seed", "latent_dim": "latent size", "steps": "steps", "seconds": "seconds"}
"""Settings that have to be the same in a fair comparison."""


def verdict(named: Sequence[tuple[str, Report]]) -> list[str]:
    """What the numbers say of two runs or more, one sentence each; empty for a single run.

    Every sentence names the numbers it was made from; what chance could have done is called a draw. Runs on different
    data are not compared in quality.
    """
    if len(named) < 2:
        return []
    same_data = len({(report.config.data, report.config.classes) for _, report in named}) == 1
    sentences: list[Sentence] = [*((_sharper, _covers, _nearer) if same_data else ()), _faster, _encodes, _unfair]
    return [told for sentence in sentences if (told := sentence(named))]


def _ranked(named: Sequence[tuple[str, Report]], value: Callable[[Report], float | None]) -> list[tuple[str, float]]:
    """Names and values, largest first; empty unless all of them have one."""
    found = [(name, value(report)) for name, report in named]
    known = [(name, number) for name, number in found if number is not None]
    return sorted(known, key=lambda pair: -pair[1]) if len(known) == len(named) else []


def _others(ranked: Sequence[tuple[str, float]], form: str) -> str:
    return _joined([f"{name} {value:{form}}" for name, value in ranked])


def _joined(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _sharper(named: Sequence[tuple[str, Report]]) -> str:
    ranked = _ranked(named, lambda report: report.number("sharpness"))
    if not ranked:
        return ""
    (first, best), second = ranked[0], ranked[1][1]
    if best <= second * (1 + ALIKE):
        return f"They are about equally sharp ({_others(ranked, '.0%')} of the real pictures' sharpness)."
    noisy = ", which is more than real pictures have and looks like noise" if best > 1 + 2 * ALIKE else ""
    return (
        f"{first} draws the sharper pictures: {best:.0%} of the sharpness of real ones{noisy}, "
        f"against {_others(ranked[1:], '.0%')}."
    )


def _covers(named: Sequence[tuple[str, Report]]) -> str:
    ranked = _ranked(named, lambda report: report.number("coverage"))
    if not ranked:
        return ""
    (first, best), second = ranked[0], ranked[1][1]
    perfect = named[0][1].floor.get("coverage", 1.0)
    n = max(1, min(report.samples for _, report in named))
    chance = 2 * sqrt((best * (1 - best) + second * (1 - second)) / n)
    if best - second <= chance:
        return f"They cover about as much of the data: coverage {_others(ranked, '.2f')}."
    return (
        f"{first} covers more of the data: coverage {best:.2f} against {_others(ranked[1:], '.2f')}, "
        f"where fresh real samples reach {perfect:.2f}."
    )


def _nearer(named: Sequence[tuple[str, Report]]) -> str:
    for name, title in (("kid", "KID"), ("js", "JS divergence")):
        ranked = _ranked(named, lambda report, name=name: report.number(name))[::-1]  # type: ignore[misc]
        if not ranked:
            continue
        floor = named[0][1].floor.get(name, 0.0)
        noise = abs(floor) if isinstance(floor, float) else 0.0
        (first, best), second = ranked[0], ranked[1][1]
        if second - best <= max(noise, ALIKE * abs(second)):
            return f"All in all they are about as near to the data: {title} {_others(ranked, '.3g')}."
        return (
            f"All in all the samples of {first} are nearer to the data: {title} {best:.3g} against "
            f"{_others(ranked[1:], '.3g')}, and {floor:.3g} between real and real."
        )
    return ""


def _faster(named: Sequence[tuple[str, Report]]) -> str:
    ranked = _ranked(named, lambda report: report.step_ms)[::-1]
    if not ranked:
        return ""
    (first, best), second = ranked[0], ranked[1][1]
    took = {name: report.seconds for name, report in named}
    whole = _joined([f"{name} {took[name]:,.0f} s" for name, _ in ranked])
    if second <= best * (1 + 2 * ALIKE):
        return f"They took about as long per step ({_others(ranked, ',.1f')} ms); in all, {whole}."
    return f"{first} was faster: {best:,.1f} ms per step against {_others(ranked[1:], ',.1f')} ms; in all, {whole}."


def _encodes(named: Sequence[tuple[str, Report]]) -> str:
    able = [name for name, report in named if report.encodes]
    if not able or len(able) == len(named):
        return ""
    return f"Only {_joined(able)} can also encode, so only there you see reconstructions and a map of the data."


def _unfair(named: Sequence[tuple[str, Report]]) -> str:
    apart = unequal([report.config for _, report in named])
    if not apart:
        return ""
    told = [f"{SHARED[setting]} {', '.join(map(_said, values))}" for setting, values in apart.items()]
    return f"Mind that they did not have the same chances: {_joined(told)}."


def unequal(configs: Sequence[RunConfig]) -> dict[str, list[Any]]:
    """Settings of :data:`SHARED` in which runs differ, with the value of each run."""
    values = {name: [getattr(config, name) for config in configs] for name in SHARED}
    return {name: found for name, found in values.items() if len(set(found)) > 1}


def _said(value: Any) -> str:
    return "no limit" if value is None else f"{value:,}" if isinstance(value, int) else str(value)
