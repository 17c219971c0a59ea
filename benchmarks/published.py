"""Obtained against published: what papers report, and what this library reaches in the same setting.

Every row says where its number comes from, under which setting it holds, and the command that measures ours. How the
pixels of MNIST are read is part of the setting, and never mixed: *grey* (values count as probabilities), *dynamic*
(drawn anew as black or white in every batch) or *static* (drawn once).

Measured rows are kept in ``genmodels/published.json``, from which the app shows them, and as a table in
``benchmarks/results/published.md``. A row that nobody has measured is in neither. ``--rows a,b`` measures these rows
anew; without it, those that are missing, until ``--limit`` seconds have passed.
"""

import argparse
import datetime
import json
import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from benchmarks.mnist import mnist_root
from benchmarks.report import place
from genmodels.config import RunConfig
from genmodels.data import Dataset, load, to_unit
from genmodels.metrics.bounds import iwae_bound
from genmodels.metrics.disentangle import mig
from genmodels.metrics.heldout import measure
from genmodels.metrics.modes import count_modes
from genmodels.metrics.quality import draw
from genmodels.models import Batch, Model, preset
from genmodels.objectives import GAN_LOSSES
from genmodels.training import Trainer
from genmodels.training.loop import build
from genmodels.training.machine import choose_precision
from genmodels.training.threads import Threads

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "genmodels" / "published.json"
TABLE = ROOT / "benchmarks" / "results" / "published.md"
Measure = Callable[[argparse.Namespace], str]


@dataclass(frozen=True)
class Row:
    """One published number.

    Attributes:
        what: The quantity, with its unit.
        source: Paper and table, or program.
        setting: What has to be the same for the number to mean the same, and what is not.
        published: The number, as it is reported.
        measure: Ours, in the same form.
    """

    what: str
    source: str
    setting: str
    published: str
    measure: Measure


ROWS: dict[str, Row] = {}


def row(key: str, what: str, source: str, setting: str, published: str) -> Callable[[Measure], Measure]:
    def keep(measure: Measure) -> Measure:
        ROWS[key] = Row(what, source, setting, published, measure)
        return measure

    return keep


def run(options: argparse.Namespace) -> dict[str, Any]:
    kept = _kept()
    asked = options.rows.split(",") if options.rows else [key for key in ROWS if key not in kept]
    if unknown := [key for key in asked if key not in ROWS]:
        raise SystemExit(f"There is no row {unknown[0]!r}; choose among {', '.join(ROWS)}.")
    until = time.monotonic() + options.limit if options.limit else math.inf
    for key in asked:
        if time.monotonic() > until:
            break
        row = _measured(key, options)
        kept = _kept() | {key: row}  # another process may have measured other rows meanwhile
        KEPT.write_text(json.dumps({k: kept[k] for k in ROWS if k in kept}, indent=1, ensure_ascii=False) + "\n")
    kept = {key: kept[key] for key in ROWS if key in kept}
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text(table(kept))
    return {key: {name: kept[key][name] for name in ("published", "ours", "seconds")} for key in asked if key in kept}


def _kept() -> dict[str, dict[str, Any]]:
    """The rows that are there, by key."""
    kept: dict[str, dict[str, Any]] = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    return kept


def _measured(key: str, options: argparse.Namespace) -> dict[str, Any]:
    row, start = ROWS[key], time.perf_counter()
    ours = row.measure(options)
    return {
        "what": row.what, "source": row.source, "setting": row.setting, "published": row.published, "ours": ours,
        "seconds": round(time.perf_counter() - start, 1), "date": datetime.date.today().isoformat(),
        "machine": place(),
        "command": f"python -m benchmarks published --rows {key}",
    }  # fmt: skip


def table(kept: dict[str, dict[str, Any]]) -> str:
    """The measured rows as Markdown."""
    lines = [
        "# Obtained against published",
        "",
        "| what | source | setting | published | ours | seconds | machine | command |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for r in kept.values():
        cells = [r["what"], r["source"], r["setting"], r["published"], r["ours"], f"{r['seconds']:g}", r["machine"]]
        lines.append(f"| {' | '.join(cells)} | `{r['command']}` |")
    return "\n".join(lines) + "\n"


# ------------------------------------------------------------------ the Dirac-GAN

H, STEPS = 0.01, 2000
DIRAC = "Mescheder et al., arXiv 1801.04406"
SLOPE = 0.5
"""f'(0) of the non-saturating game, on which the paper's eigenvalues depend."""


def dirac(loss: str, gamma: float, simultaneous: bool) -> list[float]:
    """Distances from the equilibrium after every step of the game of two numbers, from (0.01, 0)."""
    theta, psi = (torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in (0.01, 0.0))
    game, radii = GAN_LOSSES[loss].thing, []
    for _ in range(STEPS):
        (d,) = torch.autograd.grad(game(psi * 0, psi * theta).discriminator + gamma / 2 * psi.square(), psi)
        g = _pull(game, theta, psi)
        with torch.no_grad():
            psi -= H * d
        if not simultaneous:
            g = _pull(game, theta, psi)
        with torch.no_grad():
            theta -= H * g
        radii.append(math.hypot(theta.item(), psi.item()))
    return radii


def _pull(game: Callable[..., Any], theta: Tensor, psi: Tensor) -> Tensor:
    return torch.autograd.grad(game(psi * 0, psi * theta).generator, theta)[0]


def growth(radii: list[float]) -> float:
    """Per unit of time, by least squares through the logarithm: the real part of the eigenvalue."""
    times = [H * (i + 1) for i in range(len(radii))]
    return statistics.linear_regression(times, [math.log(r) for r in radii]).slope


@row(
    "dirac-simultaneous",
    "Growth rate of the distance from the equilibrium, per unit of time",
    f"{DIRAC}, section 2",
    f"Dirac-GAN, non-saturating, both players step at once, step h = {H}",
    f"ln(1 + h²f′(0)²) / 2h = {math.log1p((H * SLOPE) ** 2) / (2 * H):+.5f}: never converges",
)
def _(options: argparse.Namespace) -> str:
    return f"{growth(dirac('nonsaturating', 0.0, simultaneous=True)):+.5f}"


@row(
    "dirac-alternating",
    "Growth rate of the distance from the equilibrium, per unit of time",
    f"{DIRAC}, section 2",
    f"Dirac-GAN, non-saturating, the players take turns, step h = {H}",
    "0: eigenvalues on the unit circle, it circles for ever",
)
def _(options: argparse.Namespace) -> str:
    return f"{growth(dirac('nonsaturating', 0.0, simultaneous=False)):+.5f}"


@row(
    "dirac-r1",
    "Growth rate of the distance from the equilibrium, per unit of time",
    f"{DIRAC}, section 3",
    f"Dirac-GAN, non-saturating with R1, gamma = 0.5, the players take turns, step h = {H}",
    "−γ/2 = −0.25 in the limit of small steps: converges",
)
def _(options: argparse.Namespace) -> str:
    return f"{growth(dirac('nonsaturating', 0.5, simultaneous=False)):+.4f}"


# ------------------------------------------------------------------ MNIST

EPOCH = 60_000


def _mnist(options: argparse.Namespace) -> Dataset:
    with mnist_root(options.datasets) as root:
        return load("mnist", root=root)


@row(
    "vae-mnist-grey",
    "Test −ELBO, nats per digit",
    "pytorch/examples, vae (the recipe's own test loss after 10 epochs)",
    "MNIST, grey pixels as Bernoulli targets; 784-400-20, ReLU, batch 128, Adam 1e-3, 10 epochs, one draw per digit",
    "105 to 106",
)
def _(options: argparse.Namespace) -> str:
    data = _mnist(options)
    recipe = {
        "width": 400, "depth": 1, "activation": "relu", "latent_dim": 20, "batch_size": 128, "lr": 1e-3,
        "lr_warmup": 0, "lr_decay": "none", "ema": 0.0, "steps": 10 * EPOCH // 128, "precision": "float32",
    }  # fmt: skip
    trainer = Trainer(preset("vae", "mnist", data.spec, "fast", **recipe), data)
    for _ in trainer.events():
        pass
    found = measure(trainer.shown, data.test, torch.Generator().manual_seed(0))
    return f"{found['neg_elbo']:.2f}"


MINUTES, TEST_DRAWS = 15, 1000
DYNAMIC = (
    "MNIST, dynamic: black or white drawn anew in every batch; one stochastic layer of 50, two hidden layers of 200, "
    f"tanh. Theirs: 3,280 epochs, 5,000 draws for the test bound. Ours: {MINUTES} minutes, batch 100, {TEST_DRAWS:,} "
    "draws"
)


def _iwae(options: argparse.Namespace, draws: int) -> str:
    data = _mnist(options)
    settings = {
        "width": 200, "depth": 2, "activation": "tanh", "latent_dim": 50, "batch_size": 100, "draws": draws,
        "lr": 1e-3, "beta": 1.0, "kl_warmup": 0, "steps": None, "seconds": 60.0 * MINUTES,
    }  # fmt: skip
    config = preset("iwae", "mnist", data.spec, "fast", **settings)
    model, steps = binarised(config, data)
    test = torch.bernoulli(to_unit(data.test), generator=torch.Generator().manual_seed(1))
    bound = iwae_bound(model, test, TEST_DRAWS, torch.Generator().manual_seed(2))
    return f"{-float(bound.mean()):.2f} (after {steps * config.batch_size / EPOCH:.0f} epochs)"


def binarised(config: RunConfig, data: Dataset) -> tuple[Model, int]:
    """A model trained for ``config.seconds`` on pixels drawn anew in every batch, and how many steps that were.

    The rate stays for two thirds of the time and then falls to a hundredth, as it does step by step in the paper.
    Precision and threads are those a run would take here.
    """
    model, chance = build(config, data), torch.Generator().manual_seed(config.seed)
    fast = choose_precision(config.precision, torch.device("cpu"), "image") == "bfloat16"
    threads = Threads(config.threads)
    (player,) = model.players()
    optimizer = torch.optim.Adam(player.module.parameters(), lr=1e-3, eps=1e-4, fused=True)
    start, step = time.perf_counter(), 0
    assert config.seconds is not None
    while (spent := (time.perf_counter() - start) / config.seconds) < 1:
        with threads.step():
            rows = torch.randint(len(data.train), (config.batch_size,), generator=chance)
            x = torch.bernoulli(to_unit(data.train[rows]), generator=chance)
            with torch.autocast("cpu", torch.bfloat16, enabled=fast):
                loss = player.loss(Batch(x, None, step), chance).total.mean()
            optimizer.param_groups[0]["lr"] = 1e-3 * 10 ** min(0.0, 4 - 6 * spent)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        step += 1
    return model.eval().requires_grad_(False), step


for _draws, _published in ((1, "86.76"), (5, "85.54"), (50, "84.78")):
    row(
        f"iwae-mnist-dynamic-{_draws}",
        f"Test −ln p(x), nats per digit, trained with k = {_draws}" + (" (a VAE)" if _draws == 1 else ""),
        "Burda et al., arXiv 1509.00519, table 1",
        DYNAMIC,
        _published,
    )(partial(_iwae, draws=_draws))


# ------------------------------------------------------------------ modes in the plane

PACGAN = "Lin et al. (PacGAN), arXiv 1712.04086, section 4.1"
PLAIN = {"loss": "nonsaturating", "penalty": "none"}
SEEDS, DRAWN = 5, 2500


def _modes(options: argparse.Namespace, data: str, changes: dict[str, Any]) -> str:
    covered, good = [], []
    for seed in range(SEEDS):
        toy = load(data, seed=seed)
        trainer = Trainer(preset("gan", data, toy.spec, "good", seed=seed, **changes), toy)
        for _ in trainer.events():
            pass
        assert toy.toy is not None
        assert toy.toy.centres is not None
        assert toy.toy.sigma is not None
        x = draw(trainer.shown, DRAWN, torch.Generator().manual_seed(seed))
        count = count_modes(x, toy.toy.centres, toy.toy.sigma)
        covered.append(count.covered)
        good.append(count.high_quality)
    return f"{statistics.mean(covered):.1f} modes, {statistics.mean(good):.1%} of high quality"


BEST = {"ring": "7.9 modes (the best of theirs)", "grid": "24.8 modes (the best of theirs)"}
OF = {"ring": "8 modes, sigma 0.01", "grid": "25 modes, sigma 0.05"}

# Four points at a time are a harder question: with half the units, one move and 32 packs a batch, D does not learn to
# answer it in as many steps, and 11 % of the samples are of high quality.
ROOMY = {"width": 128, "d_moves": 2}
GOOD = "the network of our good preset"
ROOMY_GOOD = "our good preset with 128 units a layer, two moves of D a step and 128 packs a batch"

for _data, _pac, _theirs, _network, _changes in (
    ("ring", 1, "6.3 modes", GOOD, {}),
    ("ring", 2, BEST["ring"], GOOD, {}),
    ("grid", 1, "17.3 modes", ROOMY_GOOD, {**ROOMY, "batch_size": 128}),
    ("grid", 4, BEST["grid"], ROOMY_GOOD, {**ROOMY, "batch_size": 512}),
):
    row(
        f"pacgan-{_data}-{_pac}",
        f"Modes covered on the {_data} (of {OF[_data]})" + (f", packs of {_pac}" if _pac > 1 else ", plain GAN"),
        PACGAN,
        f"Non-saturating loss, no penalty, {DRAWN:,} samples. Theirs: maxout D, mean of 10 runs. Ours: {_network}, "
        f"mean of {SEEDS} runs",
        _theirs,
    )(partial(_modes, data=_data, changes={**PLAIN, "pac": _pac, **_changes}))

for _data, _theirs in BEST.items():
    row(
        f"pacgan-{_data}-default",
        f"Modes covered on the {_data}, by our default loss",
        PACGAN,
        f"{DRAWN:,} samples. Theirs: packs. Ours: relativistic with R1 and R2, the good preset, mean of {SEEDS} runs",
        _theirs,
    )(partial(_modes, data=_data, changes={}))


# ------------------------------------------------------------------ disentanglement

SHAPES = "our set of shapes, 10,000 pictures made after dSprites, which has 737,280: only the order can be compared"


def _mig(options: argparse.Namespace, model: str, beta: float) -> str:
    scores = []
    for seed in range(3):
        data = load("shapes", seed=0)
        settings = {"network": "conv", "width": 32, "latent_dim": 10, "beta": beta, "steps": 4000, "seed": seed}
        trainer = Trainer(preset(model, "shapes", data.spec, "good", **settings), data)
        for _ in trainer.events():
            pass
        assert data.factors is not None
        with torch.no_grad():
            codes = torch.cat([trainer.shown.encode(to_unit(part)).mu for part in data.train[:5000].split(500)])
        scores.append(mig(codes, data.factors.train[:5000]))
    return f"{statistics.mean(scores):.2f} (from {min(scores):.2f} to {max(scores):.2f})"


for _model, _beta, _theirs in (
    ("beta-vae", 4.0, "below beta-TCVAE"),
    ("beta-tcvae", 6.0, "above beta-VAE, whatever beta"),
):
    row(
        f"mig-{_model}",
        f"Mutual information gap of the {_model} with beta = {_beta:g}",
        "Chen et al., arXiv 1802.04942, the experiments on dSprites",
        f"{SHAPES}. Conv encoder, 10 latent dimensions, mean of 3 seeds",
        _theirs,
    )(partial(_mig, model=_model, beta=_beta))
