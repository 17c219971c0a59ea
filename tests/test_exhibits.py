"""The failure gallery keeps its promises: each exhibit falls ill, and its cure does not, from its own settings.

Steps are counted, not seconds: a quiet machine makes some hundreds a second.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from genmodels.config import RunConfig, live_fields
from genmodels.data import load
from genmodels.diagnose import History, diagnose, oscillation
from genmodels.training import Trainer
from pages.parts.playground_desk.choice import Choice
from pages.parts.playground_desk.gallery import exhibits
from tests.small_runs import told


def history(name: str, cured: bool, steps: int, every: int = 10) -> History:
    """What the run of an exhibit has told after so many steps."""
    config = settings(name, cured)
    trainer = Trainer(config, load(config.data, seed=config.seed, noise=config.data_noise))
    return told(trainer, steps, every)


def settings(name: str, cured: bool) -> RunConfig:
    exhibit = exhibits()[name]
    ill = Choice(exhibit.model, exhibit.data, changes=dict(exhibit.illness))
    if not cured:
        return ill.config()
    live = exhibit.cure and set(exhibit.cure) <= set(live_fields(ill.config_class))
    changes: dict[str, Any] = dict(exhibit.illness) if live else {}
    return Choice(exhibit.cured_by or exhibit.model, exhibit.data, changes=changes | dict(exhibit.cure)).config()


def names(history: History) -> set[str]:
    return {finding.name for finding in diagnose(history)}


@pytest.mark.parametrize(
    ("name", "steps", "every", "found"),
    [
        ("collapse", 400, 10, {"mode-collapse", "mode-hopping"}),
        ("vanishing", 120, 10, {"vanishing-gradient"}),
        ("silence", 120, 10, {"posterior-collapse"}),
    ],
)
def test_the_doctor_sees_the_illness_and_not_after_the_cure(name: str, steps: int, every: int, found: set[str]) -> None:
    assert names(history(name, False, steps, every)) & found
    assert not names(history(name, True, steps, every)) & found


def circling(history: History) -> list[bool]:
    """Whether the doctor saw circles, at six moments of the run."""
    moments = [{name: values[:n] for name, values in history.losses.items()} for n in range(60, 161, 20)]
    return [oscillation(replace(history, losses=losses)) is not None for losses in moments]


def test_the_orbit_is_seen_nearly_all_the_time_and_dies_under_r1() -> None:
    ill, cured = (circling(history("oscillation", cured, 480, 3)) for cured in (False, True))
    assert sum(ill) >= 5
    assert sum(cured) <= 3
    assert not cured[-1]


def width(x: np.ndarray) -> float:
    return float(np.sqrt(x.var(0).sum()))


def pull(history: History) -> float:
    return float(np.median(np.hypot(*history.frame["pull"].T))) * width(history.fixed["originals"])


def test_clipped_weights_leave_short_arrows_and_the_slope_penalty_long_ones() -> None:
    assert pull(history("leash", False, 150)) < 0.25 * pull(history("leash", True, 150))


def error(history: History) -> float:
    """Root mean square distance of copies from their originals, as a share of the width of the data."""
    off = history.frame["reconstructions"] - history.fixed["originals"]
    return float(np.sqrt((off**2).sum(1).mean())) / width(history.fixed["originals"])


def test_a_large_sigma_blurs_the_copies() -> None:
    ill, cured = error(history("blur", False, 400)), error(history("blur", True, 400))
    assert ill > 0.35
    assert cured < 0.2


def empty(history: History) -> float:
    """Share of draws from the prior that lie further than half a unit from all codes of held-out points."""
    generator = np.random.default_rng(0)
    codes, sigma = history.frame["posterior_mu"], history.frame.get("posterior_sigma")
    codes = codes if sigma is None else codes + sigma * generator.normal(size=codes.shape)
    prior = generator.normal(size=(500, codes.shape[1]))
    nearest = np.linalg.norm(prior[:, None] - codes, axis=-1).min(1)
    return float((nearest > 0.5).mean())


def test_a_plain_autoencoder_leaves_the_prior_empty_and_a_vae_begins_to_fill_it() -> None:
    ill, cured = empty(history("holes", False, 400)), empty(history("holes", True, 400))
    assert ill > 0.6
    assert cured < 0.7 * ill
