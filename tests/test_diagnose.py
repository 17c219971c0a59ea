"""The doctor: every detector on histories that do and do not have the disease, and on short real runs."""

from typing import Any

import numpy as np
import pytest

from genmodels.data import load
from genmodels.diagnose import DETECTORS, RECENT, History, diagnose
from genmodels.models import preset
from genmodels.training.loop import Trainer
from tests.small_runs import told


def game(step: int = 2000, **changes: Any) -> History:
    """A game in balance, with changes."""
    noise = np.random.default_rng(0).normal(0, 0.005, 200)
    points = np.random.default_rng(1).normal(0, 1, (500, 2))
    parts = {
        "losses": {"generator/loss": np.log(2) + noise, "generator/gradient": 0.1 + noise},
        "metrics": {
            "d_separation": np.full(6, 0.52), "coverage": np.full(6, 0.9),
            "modes": np.full(6, 8.0), "high_quality": np.full(6, 0.9),
        },
        "lists": {"mode_shares": np.full((6, 8), 1 / 8)},
        "frame": {"samples": points, "pull": points[:200]},
        "fixed": {"originals": points},
    }  # fmt: skip
    merged = {name: part | changes.pop(name, {}) for name, part in parts.items()}
    return History(step, **merged, **changes)


def names(history: History) -> set[str]:
    return {finding.name for finding in diagnose(history)}


def one_mode(*fullest: int) -> dict[str, Any]:
    """Measurements in which one of eight modes has nearly everything, each time the one named."""
    shares = np.full((len(fullest), 8), 0.01)
    shares[np.arange(len(fullest)), fullest] = 0.93
    return {"metrics": {"modes": np.full(6, 2.0), "coverage": np.full(6, 0.2)}, "lists": {"mode_shares": shares}}


wave = np.sin(np.arange(200) / 3)
SURE = {"d_separation": np.full(6, 0.99), "coverage": np.full(6, 0.1)}
ILL = {
    "divergence": game(losses={"discriminator/loss": np.geomspace(1, 1e6, 100)}),
    "mode-collapse": game(**one_mode(3, 3, 3, 3, 3, 3)),
    "mode-hopping": game(**one_mode(0, 3, 5, 1, 6, 2)),
    "vanishing-gradient": game(metrics=SURE, frame={"pull": np.full((200, 2), 1e-5)}),
    "oscillation": game(losses={"generator/loss": 0.7 + 0.2 * wave}),
    "d-too-strong": game(metrics=SURE),
    "d-too-weak": game(metrics={"coverage": np.full(6, 0.1)}),
    "equilibrium": game(),
    "posterior-collapse": History(2000, lists={"kl_per_dim": np.full((3, 2), 0.001)}),
}


@pytest.mark.parametrize("disease", ILL)
def test_each_detector_knows_its_disease(disease: str) -> None:
    assert disease in names(ILL[disease])


def test_no_detector_sees_a_disease_in_a_healthy_game() -> None:
    assert names(game()) == {"equilibrium"}


def test_there_is_a_case_for_every_detector() -> None:
    assert len(ILL) == len(DETECTORS)


@pytest.mark.parametrize("history", [History(0), History(10_000), game(step=3)])
def test_nothing_is_said_of_a_run_that_has_told_nothing(history: History) -> None:
    assert diagnose(history) == []


def test_a_clump_without_known_modes_is_a_collapse() -> None:
    points = game().frame["samples"]
    assert "mode-collapse" in names(game(frame={"samples": 0.05 * points}, metrics={"high_quality": np.zeros(6)}))
    assert "mode-collapse" not in names(game(frame={"samples": 0.8 * points}))


def test_a_code_that_speaks_has_not_collapsed() -> None:
    assert names(History(2000, lists={"kl_per_dim": np.array([[0.0, 2.0], [0.0, 2.1]])})) == set()


def test_noise_is_no_oscillation() -> None:
    noise = np.random.default_rng(2).normal(0.7, 0.2, 5 * RECENT)
    assert "oscillation" not in names(game(losses={"generator/loss": noise}))


def test_numbers_that_are_not_finite_are_a_divergence() -> None:
    assert [f.name for f in diagnose(History(500, diverged=True))] == ["divergence"]


def test_the_worst_comes_first_and_an_ill_run_is_not_called_healthy() -> None:
    found = diagnose(game(losses={"discriminator/loss": np.geomspace(1, 1e6, 100)}))
    assert found[0].severity == "ill"
    assert "equilibrium" not in {finding.name for finding in found}
    assert all(finding.sentence.endswith(".") and finding.evidence for finding in found)


# ---------------------------------------------------------------------- real runs


def story(model: str, data: str, steps: int, every: int, **settings: Any) -> History:
    """A short run, told every few steps whatever the clock says."""
    dataset = load(data)
    common = {"steps": steps, "threads": 1, "ema": 0.0, "lr_decay": "none", "depth": 2, "width": 32, "batch_size": 64}
    return told(Trainer(preset(model, data, dataset.spec, "fast", **common | settings), dataset), steps, every)


def test_a_strong_beta_silences_the_posterior_and_a_weak_one_does_not() -> None:
    assert "posterior-collapse" in names(story("vae", "ring", 150, 50, beta=200.0, lr=2e-3))
    assert "posterior-collapse" not in names(story("vae", "ring", 150, 50, beta=1.0, lr=2e-3))


def test_minimax_starves_the_generator_where_the_other_loss_does_not() -> None:
    overfed = {"penalty": "none", "d_moves": 5, "lr_d": 2e-3, "lr_g": 2e-4, "optimizer_d": "adam"}
    assert "vanishing-gradient" in names(story("gan", "ring", 120, 20, loss="minimax", **overfed))
    assert "vanishing-gradient" not in names(story("gan", "ring", 120, 20, loss="nonsaturating", **overfed))
