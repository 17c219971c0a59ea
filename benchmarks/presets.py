"""Do the presets succeed? Trains them all and compares what they reach with what they promise.

Every result is put down as soon as it is there (``benchmarks/results/presets.jsonl``); what is there is not measured
again on the same kind of machine unless the settings have changed. So the command can be broken off and called again,
or told how long it may take (``--limit`` seconds: no run begins after that). ``benchmarks/results/presets.md`` is the
table of it all.
"""

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch

from benchmarks.report import place
from genmodels.config import RunConfig
from genmodels.data import load, spec_of
from genmodels.metrics.heldout import evaluate
from genmodels.metrics.quality import Quality
from genmodels.models import MODELS, preset
from genmodels.models.base import Measures
from genmodels.training import Trainer

RESULTS = Path(__file__).parent / "results"
SAMPLES = {"image": 500, "points": 5000}
SECONDS = {"fast": {"autoencoder": 15.0, "GAN": 40.0}, "good": {"autoencoder": 180.0, "GAN": 180.0}}
"""What a preset may take on two cores, by the family of the model."""


@dataclass(frozen=True)
class Promise:
    """What the presets of a model reach on a data set.

    Attributes:
        measure: Name of a measure on held-out data.
        fast: What the fast preset reaches; ``good`` likewise.
        better: Whether lower or higher values are better.
    """

    measure: str
    fast: float
    good: float
    better: Literal["lower", "higher"] = "lower"

    def kept(self, value: float, name: str) -> bool:
        bound: float = getattr(self, name)
        return value <= bound if self.better == "lower" else value >= bound


PROMISES: dict[tuple[str, str], Promise] = {
    # Nats per digit; beta, capacity and total correlation are paid for with nats.
    ("vae", "digits"): Promise("neg_elbo", 114, 111),
    ("beta-vae", "digits"): Promise("neg_elbo", 131, 128),
    ("beta-tcvae", "digits"): Promise("neg_elbo", 140, 136),
    ("capacity-vae", "digits"): Promise("neg_elbo", 136, 132),
    ("cvae", "digits"): Promise("neg_elbo", 115, 110),
    ("iwae", "digits"): Promise("neg_iwae", 113, 108),
    ("factor-vae", "digits"): Promise("neg_elbo", 116, 112),
    ("vq-vae", "digits"): Promise("neg_elbo", 140, 132),
    # Share of held-out digits with a sample close by; 0.9 of them have a training digit there.
    ("ae", "digits"): Promise("coverage", 0.65, 0.65, "higher"),
    ("gan", "digits"): Promise("coverage", 0.3, 0.47, "higher"),
    ("cgan", "digits"): Promise("coverage", 0.7, 0.75, "higher"),
    ("infogan", "digits"): Promise("coverage", 0.3, 0.35, "higher"),  # what has to be read off may vary less
    ("vae-gan", "digits"): Promise("coverage", 0.35, 0.45, "higher"),
    # Samples within three sigma of a mode; a perfect sampler has 0.989.
    ("gan", "ring"): Promise("high_quality", 0.95, 0.95, "higher"),
    # Of the grid's 25 modes all are found in half a minute; 95 % takes a minute (``python -m benchmarks toy``).
    ("gan", "grid"): Promise("high_quality", 0.9, 0.95, "higher"),
}


def run(options: argparse.Namespace) -> dict[str, Any]:
    RESULTS.mkdir(exist_ok=True)
    book = Book(RESULTS / "presets.jsonl")
    until = time.monotonic() + options.limit if options.limit else float("inf")
    for model, data, seed in wanted(options):
        config = _config(model, data, options.preset, seed)
        if book.has(config.digest, place()):
            continue
        if time.monotonic() > until:
            break
        book.add(result(config, PROMISES[model, data]))
    (RESULTS / "presets.md").write_text(table(book.valid()))
    return {"written": str(RESULTS / "presets.md"), "results": book.valid()}


def _config(model: str, data: str, name: str, seed: int) -> RunConfig:
    return preset(model, data, spec_of(data), name, seed=seed)


def wanted(options: argparse.Namespace) -> Iterator[tuple[str, str, int]]:
    """Models, data and seeds that were asked for."""
    chosen = options.models.split(",") if options.models else list(MODELS)
    for seed in range(options.seeds or 1):
        for model, data in PROMISES:
            if model in chosen:
                yield model, data, seed


def result(config: RunConfig, promise: Promise) -> dict[str, Any]:
    """Train by ``config`` to the end and measure."""
    data = load(config.data, seed=config.seed)
    trainer = Trainer(config, data)
    for _ in trainer.events():
        pass
    measures = measured(trainer)
    value, shares = measures[promise.measure], measures.get("mode_shares")
    assert isinstance(value, float)
    budget = SECONDS[config.preset][MODELS[config.model].card.family]
    return {
        "digest": config.digest, "model": config.model, "data": config.data, "preset": config.preset,
        "seed": config.seed, "steps": trainer.step, "seconds": round(trainer.watch.seconds, 1), "budget": budget,
        "measure": promise.measure, "value": round(value, 4), "machine": place(), "modes": measures.get("modes"),
        "of_modes": len(shares) if isinstance(shares, list) else None,
    }  # fmt: skip


def measured(trainer: Trainer) -> Measures:
    """Everything that is known about the averaged weights, on all held-out samples or the first so many of them."""
    n = SAMPLES[trainer.data.spec.modality]
    return evaluate(trainer.shown, trainer.data, Quality(trainer.data, n), torch.Generator().manual_seed(0))


class Book:
    """Results in a file, one JSON object a line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.results = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def has(self, digest: str, machine: str) -> bool:
        return any((result["digest"], result["machine"]) == (digest, machine) for result in self.results)

    def add(self, result: dict[str, Any]) -> None:
        self.results.append(result)
        with self.path.open("a") as file:
            file.write(json.dumps(result) + "\n")

    def valid(self) -> list[dict[str, Any]]:
        """The last result of every preset and seed on a machine, without those whose settings have changed since."""
        newest = {tuple(r[name] for name in NAMED): r for r in self.results}.values()
        return [r for r in newest if r["digest"] == _config(r["model"], r["data"], r["preset"], r["seed"]).digest]


NAMED = ("machine", "preset", "model", "data", "seed")
COLUMNS = (
    *NAMED, "steps", "seconds", "budget", "measure", "value", "promised", "reached",
)  # fmt: skip


def table(results: list[dict[str, Any]]) -> str:
    """The results as Markdown."""
    lines = [
        "# What the presets reach",
        "",
        "`python -m benchmarks presets` writes this table; the promises are in `benchmarks/presets.py`.",
        "",
        f"| {' | '.join(COLUMNS)} |",
        f"|{'---|' * len(COLUMNS)}",
    ]
    for r in sorted(results, key=lambda r: tuple(r[name] for name in NAMED)):
        promise = PROMISES[r["model"], r["data"]]
        sign, kept = {"lower": "≤", "higher": "≥"}[promise.better], promise.kept(r["value"], r["preset"])
        modes = f" ({r['modes']:.0f}/{r['of_modes']} modes)" if r["of_modes"] else ""
        in_time = r["seconds"] <= r["budget"]
        verdict = "yes" if kept and in_time else "too slow" if kept else "no"
        promised = f"{sign} {getattr(promise, r['preset']):g}"
        cells = {**r, "value": f"{r['value']:.4g}{modes}", "promised": promised, "reached": verdict}
        lines.append(f"| {' | '.join(str(cells[name]) for name in COLUMNS)} |")
    return "\n".join(lines) + "\n"
