"""Runs measured alike, so that they can be compared; and what the numbers say, in sentences."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import Any

import torch
from torch import Tensor

from genmodels.config import RunConfig
from genmodels.data import DATASETS, Dataset, data_of, to_unit
from genmodels.data.uploads import PREFIX
from genmodels.metrics.bounds import active_units
from genmodels.metrics.heldout import CHUNK, check_fits, measure
from genmodels.metrics.looks import diversity, sharpness
from genmodels.metrics.quality import Quality, draw
from genmodels.models.base import Measures, Model
from genmodels.training.folder import RunFolder
from genmodels.training.random import generator_for
from genmodels.words import duration

MOST = 1000
"""Samples drawn of each run, and held-out samples they are compared with."""
SEED = 0
"""Of the noise behind the samples, and of data that are drawn: the same for all runs."""


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
    """Measure a run on its own data, with the same noise, judge and held-out samples as any other run on them.

    Only where the seed of a run says which samples are held out, the part differs with the seed: other parts hold what
    the run has learned from.

    Raises:
        UserError: The run is damaged, has no weights yet, or its data have gone or changed.
    """
    config, status, model = folder.config(), folder.status(), folder.model()
    data = _measured_on(config)
    check_fits(model, data)
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


def _measured_on(config: RunConfig) -> Dataset:
    """However many samples a run learned from, however noisy, and drawn by whatever seed: the measure is the same."""
    alike: dict[str, Any] = {"data_size": None, "added_noise": 0.0}
    comes_split = config.data in DATASETS or config.data.startswith(PREFIX)
    if comes_split and config.held_out is None:
        alike["seed"] = SEED
    return data_of(config.model_copy(update=alike))


def _own(model: Model, data: Dataset, n: int) -> Measures:
    """What the model says of the first held-out samples: a bound, a reconstruction error, ..., its active units."""
    labels = None if data.test_labels is None else data.test_labels[:n]
    try:
        found = measure(model, data.test[:n], generator_for(SEED, "evaluation"), labels)
    except NotImplementedError:
        found = {}
    means = _posterior_means(model, data.test[:n], labels)
    return found if means is None else found | {"active_units": float(active_units(means))}


@torch.no_grad()
def _posterior_means(model: Model, x: Tensor, labels: Tensor | None) -> Tensor | None:
    """``[N, latent_dim]``; None for a model without a posterior."""
    if not model.encodes:
        return None
    parts = [
        model.encode(to_unit(x[rows : rows + CHUNK]), None if labels is None else labels[rows : rows + CHUNK])
        for rows in range(0, len(x), CHUNK)
    ]
    return None if parts[0].logvar is None else torch.cat([q.mu for q in parts])


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
UNFAIR = "They did not have the same chances, so compare with care."
DISTANCES = {"kid": "KID", "js": "JS divergence"}
"""Measures of how far samples are from the data all in all, the better one first, and their names."""


def verdict(named: Sequence[tuple[str, Report]]) -> list[str]:
    """What the numbers say of two runs or more, one sentence each; empty for a single run.

    Every sentence names the numbers it was made from; what chance could have done is called a draw. Runs on different
    data are not compared in quality.
    """
    if len(named) < 2:
        return []
    quality: tuple[Sentence, ...] = (_sharper, _covers, _nearer) if _same_data(named) else ()
    return [told for sentence in (*quality, _faster, _encodes, _unfair) if (told := sentence(named))]


def in_short(named: Sequence[tuple[str, Report]]) -> list[str]:
    """The same without a number, in two sentences: who won at what, and why it matters; empty for a single run.

    Of sharpness, coverage and nearness to the data it takes the first two that all runs have. A third sentence warns
    where the runs did not have the same chances.
    """
    if len(named) < 2:
        return []
    if not _same_data(named):
        return ["They learned from different data.", "So none is the better one: look at what each makes of its own."]
    sharp = _sharpness(named)
    noise = " (though it looks like noise)" if sharp and sharp.rest and _is_noisy(sharp) else ""
    contests = [
        (sharp, f"sharper{noise}", "sharpness is how clear each of them looks"),
        (_coverage(named), "more varied", "variety is how much of the data they can make"),
        (_nearness(named), "nearer to the data", "nearness is both in one"),
    ]
    known = [(contest, praise, why) for contest, praise, why in contests if contest is not None][:2]
    if not known:
        return []
    winners = _winners([(contest, praise) for contest, praise, _ in known])
    told = [_sentence(winners), _sentence([why for *_, why in known])]
    return [*told, UNFAIR] if unequal([report.config for _, report in named]) else told


def _winners(known: Sequence[tuple["Contest", str]]) -> list[str]:
    """Who won at what; whoever won at all of it is named once."""
    names = [_names(contest.first) for contest, _ in known if contest.rest]
    if len(names) == len(known) and len(set(names)) == 1:
        return [f"the samples of {names[0]} are {' and '.join(praise for _, praise in known)}"]
    return [_won(contest, praise) for contest, praise in known]


def _sentence(parts: Sequence[str]) -> str:
    told = "; ".join(parts)
    return f"{told[0].upper()}{told[1:]}."


def _won(contest: "Contest", praise: str) -> str:
    if not contest.rest:
        return f"none is clearly {praise}"
    return f"the samples of {_names(contest.first)} are {praise}"


def _same_data(named: Sequence[tuple[str, Report]]) -> bool:
    return len({(report.config.data, report.config.classes) for _, report in named}) == 1


Ranked = list[tuple[str, float]]


@dataclass(frozen=True)
class Contest:
    """Names and values of one measure, best first, parted where more than chance sets them apart from the best."""

    first: Ranked
    rest: Ranked

    @property
    def all(self) -> Ranked:
        return [*self.first, *self.rest]


def _contest(ranked: Ranked, alike: Callable[[float, float], bool]) -> Contest | None:
    """Who is ``alike`` the best and who is not; None where some run lacks the measure."""
    if not ranked:
        return None
    best = ranked[0][1]
    level = sum(alike(best, value) for _, value in ranked)
    return Contest(ranked[:level], ranked[level:])


def _ranked(named: Sequence[tuple[str, Report]], value: Callable[[Report], float | None]) -> Ranked:
    """Names and values, largest first; empty unless all of them have one."""
    found = [(name, value(report)) for name, report in named]
    known = [(name, number) for name, number in found if number is not None]
    return sorted(known, key=lambda pair: -pair[1]) if len(known) == len(named) else []


def _others(ranked: Ranked, form: str) -> str:
    return _joined([f"{name} {value:{form}}" for name, value in ranked])


def _values(ranked: Ranked, form: str) -> str:
    return _joined([f"{value:{form}}" for _, value in ranked])


def _names(ranked: Ranked) -> str:
    return _joined([name for name, _ in ranked])


def _joined(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _sharpness(named: Sequence[tuple[str, Report]]) -> Contest | None:
    ranked = _ranked(named, lambda report: report.number("sharpness"))
    return _contest(ranked, lambda best, value: best <= value * (1 + ALIKE))


def _sharper(named: Sequence[tuple[str, Report]]) -> str:
    contest = _sharpness(named)
    if contest is None:
        return ""
    if not contest.rest:
        return f"They are about equally sharp ({_others(contest.all, '.0%')} of the real pictures' sharpness)."
    noisy = ", which is more than real pictures have and looks like noise" if _is_noisy(contest) else ""
    return (
        f"{_names(contest.first)} {_verb('draw', contest)} the sharper pictures: {_values(contest.first, '.0%')} of "
        f"the sharpness of real ones{noisy}, against {_others(contest.rest, '.0%')}."
    )


def _is_noisy(contest: Contest) -> bool:
    return contest.first[0][1] > 1 + 2 * ALIKE


def _verb(word: str, contest: Contest) -> str:
    return word if len(contest.first) > 1 else f"{word}s"


def _coverage(named: Sequence[tuple[str, Report]]) -> Contest | None:
    n = max(1, min(report.samples for _, report in named))

    def alike(best: float, value: float) -> bool:
        """Within two standard deviations of a difference of shares."""
        return best - value <= 2 * sqrt((best * (1 - best) + value * (1 - value)) / n)

    return _contest(_ranked(named, lambda report: report.number("coverage")), alike)


def _covers(named: Sequence[tuple[str, Report]]) -> str:
    contest = _coverage(named)
    if contest is None:
        return ""
    if not contest.rest:
        return f"They cover about as much of the data: coverage {_others(contest.all, '.2f')}."
    return (
        f"{_names(contest.first)} {_verb('cover', contest)} more of the data: coverage {_values(contest.first, '.2f')} "
        f"against {_others(contest.rest, '.2f')}, where fresh real samples reach "
        f"{named[0][1].floor.get('coverage', 1.0):.2f}."
    )


def _distance(named: Sequence[tuple[str, Report]]) -> str:
    """The name of the distance to the data that all runs have; empty where there is none."""
    told = (name for name in DISTANCES if all(report.number(name) is not None for _, report in named))
    return next(told, "")


def _nearness(named: Sequence[tuple[str, Report]]) -> Contest | None:
    name = _distance(named)
    floor = named[0][1].floor.get(name, 0.0)
    noise = abs(floor) if isinstance(floor, float) else 0.0
    ranked = _ranked(named, lambda report: report.number(name))[::-1]
    return _contest(ranked, lambda best, value: value - best <= max(noise, ALIKE * abs(value)))


def _nearer(named: Sequence[tuple[str, Report]]) -> str:
    contest, name = _nearness(named), _distance(named)
    if contest is None:
        return ""
    if not contest.rest:
        return f"All in all they are about as near to the data: {DISTANCES[name]} {_others(contest.all, '.3g')}."
    return (
        f"All in all the samples of {_names(contest.first)} are nearer to the data: {DISTANCES[name]} "
        f"{_values(contest.first, '.3g')} against {_others(contest.rest, '.3g')}, and "
        f"{named[0][1].floor.get(name, 0.0):.3g} between real and real."
    )


def _faster(named: Sequence[tuple[str, Report]]) -> str:
    ranked = _ranked(named, lambda report: report.step_ms)[::-1]
    if not ranked:
        return ""
    (first, best), second = ranked[0], ranked[1][1]
    took = {name: report.seconds for name, report in named}
    whole = _joined([f"{name} {duration(took[name])}" for name, _ in ranked])
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
