"""The Dirac-GAN (Mescheder et al., arXiv 1801.04406): a game of two numbers, whose course is known exactly.

The data are all 0, the generator always draws theta, the discriminator is D(x) = psi * x. Both live on the first axis
of the plane, where the second weight of D finds nothing.
"""

import math

import pytest
import torch
from torch import nn

from genmodels.data import DataSpec
from genmodels.data.base import Dataset
from genmodels.models.base import MODELS
from genmodels.models.gan import GAN
from genmodels.objectives import GAN_LOSSES, PENALTIES
from genmodels.registry import Card
from genmodels.training.loop import Trainer

THETA, PSI, H = 1.0, 0.5, 0.1


class Point(nn.Module):
    """``theta``, whatever the noise."""

    def __init__(self) -> None:
        super().__init__()
        self.theta = nn.Parameter(torch.tensor([THETA]))

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        return torch.cat([self.theta.expand(len(z), 1), torch.zeros(len(z), 1)], 1)


class DiracGAN(GAN):
    """The real GAN with the smallest networks there are."""

    def __init__(self, config, spec) -> None:
        super().__init__(config, spec)
        self.decoder = nn.Sequential(Point())
        self.discriminator = nn.Linear(2, 1, bias=False)
        with torch.no_grad():
            self.discriminator.weight.copy_(torch.tensor([[PSI, 0.0]]))


@pytest.fixture(autouse=True)
def _dirac_is_registered(monkeypatch):
    monkeypatch.setitem(MODELS._fill(), "dirac", type(MODELS["gan"])("dirac", DiracGAN, Card("Dirac", ""), {}))


ORIGIN = Dataset("origin", "Origin", DataSpec("points", (2,)), torch.zeros(64, 2), torch.zeros(8, 2))


def game(loss: str, **changes) -> Trainer:
    settings = {
        "model": "dirac", "data": "ring", "loss": loss, "penalty": "none", "latent_dim": 1, "batch_size": 8,
        "threads": 1,
        "lr_d": H, "lr_g": H, "optimizer_d": "sgd", "optimizer_g": "sgd", "steps": 2000, "precision": "float32",
    }  # fmt: skip
    trainer = Trainer(DiracGAN.config_class.model_validate({**settings, **changes}), ORIGIN)
    trainer.watch.go()
    return trainer


def state(trainer: Trainer) -> tuple[float, float]:
    return float(trainer.model.decoder[0].theta.detach()), float(trainer.model.discriminator.weight[0, 0].detach())


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


# loss -> (how fast psi falls as D moves, how fast theta falls as G moves): the gradients of the two losses
FIELD = {
    "nonsaturating": lambda t, p: (sigmoid(p * t) * t, -sigmoid(-p * t) * p),
    "minimax": lambda t, p: (sigmoid(p * t) * t, -sigmoid(p * t) * p),
    "relativistic": lambda t, p: (sigmoid(p * t) * t, -sigmoid(-p * t) * p),
    "wasserstein": lambda t, p: (t, -p),
    "hinge": lambda t, p: (t if p * t > -1 else 0.0, -p),
    "lsgan": lambda t, p: (p * t * t, (p * t - 1) * p),
}


@pytest.mark.parametrize("loss", GAN_LOSSES)
def test_a_step_of_the_loop_is_the_analytic_one(loss) -> None:
    trainer, theta, psi = game(loss), THETA, PSI
    for _ in range(5):
        trainer.advance()
        psi -= H * FIELD[loss](theta, psi)[0]
        theta -= H * FIELD[loss](theta, psi)[1]  # D has moved already
        assert state(trainer) == pytest.approx((theta, psi), rel=1e-5)


@pytest.mark.parametrize("penalty", [name for name in PENALTIES if PENALTIES[name].extra["scale"]])
def test_a_penalised_step_is_the_analytic_one(penalty) -> None:
    # Of D = psi x the slope is psi everywhere, so every penalty's pull on psi is known.
    pull = {"r1": PSI, "r2": PSI, "r1r2": 2 * PSI, "gp": 2 * (PSI - 1)}[penalty]
    trainer = game("wasserstein", penalty=penalty, gamma=3.0)
    trainer.advance("discriminator")
    assert state(trainer) == pytest.approx((THETA, PSI - H * (THETA + 3.0 * pull)), rel=1e-5)


def test_clipped_weights_stop_at_the_bound() -> None:
    trainer = game("wasserstein", penalty="clip", gamma=PSI / 2)
    trainer.advance("generator")
    assert state(trainer)[1] == pytest.approx(PSI)  # only D's own moves are cut
    trainer.advance("discriminator")
    assert state(trainer)[1] == pytest.approx(PSI / 2)
    wide = game("wasserstein", penalty="clip", gamma=2 * PSI)
    wide.advance("discriminator")
    assert state(wide)[1] == pytest.approx(PSI - H * THETA, rel=1e-5)


def test_a_rare_penalty_is_as_much_stronger() -> None:
    trainer = game("wasserstein", penalty="r1", gamma=3.0, penalty_every=4)
    trainer.advance("discriminator")
    first = state(trainer)[1]
    assert first == pytest.approx(PSI - H * (THETA + 4 * 3.0 * PSI), rel=1e-5)
    trainer.advance("discriminator")
    assert state(trainer)[1] == pytest.approx(first - H * THETA, rel=1e-5)


def test_simultaneous_moves_spiral_out_at_the_known_rate(float64) -> None:
    theta, psi = torch.tensor(1.0, requires_grad=True), torch.tensor(0.0, requires_grad=True)
    for _ in range(1000):
        loss = GAN_LOSSES["wasserstein"].thing(psi * 0.0, psi * theta)
        (d,) = torch.autograd.grad(loss.discriminator, psi, retain_graph=True)
        (g,) = torch.autograd.grad(loss.generator, theta)
        with torch.no_grad():
            psi -= H * d
            theta -= H * g
    radius = math.hypot(theta.item(), psi.item())
    assert radius == pytest.approx((1 + H * H) ** 500, rel=1e-9)
    assert radius == pytest.approx(144.77, abs=0.005)


def radii(trainer: Trainer, steps: int) -> list[float]:
    found = []
    for _ in range(steps):
        trainer.advance()
        found.append(math.hypot(*state(trainer)))
    return found


def test_the_loops_alternating_moves_stay_on_their_orbit() -> None:
    course = radii(game("wasserstein"), 200)
    start = math.hypot(THETA, PSI)
    assert 0.85 * start < min(course) < max(course) < 1.15 * start


@pytest.mark.parametrize("loss", ["wasserstein", "nonsaturating", "relativistic"])
def test_r1_brings_the_game_to_rest(loss) -> None:
    assert radii(game(loss, penalty="r1", gamma=1.0), 250)[-1] < 1e-2
