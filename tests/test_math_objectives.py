"""Losses, penalties, likelihoods and divergences are the formulas of their papers: values and gradients, in float64."""

import math
from itertools import product

import pytest
import torch
from torch.distributions import Bernoulli, ContinuousBernoulli, Normal, kl_divergence

from genmodels.objectives import GAN_LOSSES, LIKELIHOODS, PENALTIES, equilibrium, gaussian_kl, log_normal
from genmodels.objectives.likelihoods import NEAR_ZERO
from genmodels.objectives.penalties import mixed

pytestmark = pytest.mark.usefixtures("float64")
LOGITS = (-25.0, -8.0, -1.5, 0.0, 0.3, 2.0, 25.0)


def sp(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def sg(x: float) -> float:
    return 1 / (1 + math.exp(-x))


# name -> (L_D, dL_D/da, dL_D/db, L_G, dL_G/da, dL_G/db) at logits a (real) and b (generated)
FORMULAS = {
    "minimax": lambda a, b: (sp(-a) + sp(b), -sg(-a), sg(b), -sp(b), 0, -sg(b)),
    "nonsaturating": lambda a, b: (sp(-a) + sp(b), -sg(-a), sg(b), sp(-b), 0, -sg(-b)),
    "relativistic": lambda a, b: (sp(b - a), -sg(b - a), sg(b - a), sp(a - b), sg(a - b), -sg(a - b)),
    "lsgan": lambda a, b: (((a - 1) ** 2 + b**2) / 2, a - 1, b, (b - 1) ** 2 / 2, 0, b - 1),
    "hinge": lambda a, b: (max(0, 1 - a) + max(0, 1 + b), -float(a < 1), float(b > -1), -b, 0, -1),
    "wasserstein": lambda a, b: (b - a, -1, 1, -b, 0, -1),
}


def played(name: str, a: float, b: float, dtype: torch.dtype = torch.float64) -> tuple[float, ...]:
    """Both losses and their gradients."""
    real, fake = torch.tensor([a], dtype=dtype, requires_grad=True), torch.tensor([b], dtype=dtype, requires_grad=True)
    values: list[float] = []
    for loss in GAN_LOSSES[name].thing(real, fake):
        slopes = torch.autograd.grad(loss.sum(), (real, fake), allow_unused=True)
        values += [float(loss.detach()), *(0.0 if s is None else float(s) for s in slopes)]
    return tuple(values)


@pytest.mark.parametrize("name", GAN_LOSSES)
def test_gan_loss_is_its_formula(name) -> None:
    for a, b in product(LOGITS, LOGITS):
        # torch's softplus leaves out exp(-x), at most 2e-9, where x is beyond 20.
        assert played(name, a, b) == pytest.approx(FORMULAS[name](a, b), rel=3e-9, abs=1e-300), (a, b)


@pytest.mark.parametrize("name", GAN_LOSSES)
def test_gan_loss_keeps_its_gradient_in_single_precision(name) -> None:
    # log(sigmoid(b) + 1e-8) loses it at -25.
    for a, b in product(LOGITS, LOGITS):
        assert played(name, a, b, torch.float32) == pytest.approx(played(name, a, b), rel=1e-5, abs=1e-30), (a, b)


def test_minimax_is_not_nonsaturating() -> None:
    slope = {name: played(name, 5, -25)[5] for name in ("minimax", "nonsaturating")}
    assert slope["nonsaturating"] == pytest.approx(-1, abs=1e-10)
    assert -1e-10 < slope["minimax"] < 0


@pytest.mark.parametrize("name", GAN_LOSSES)
def test_equilibrium_is_where_d_gains_nothing(name) -> None:
    balance = GAN_LOSSES[name].extra["balance"]
    _, d_real, d_fake, _, _, g_fake = played(name, balance, balance)
    assert d_real + d_fake == 0, "moving both logits alike must not pay"
    assert d_real < 0 < d_fake, "D gains by telling the two apart"
    assert g_fake < 0, "G gains by looking real"


@pytest.mark.parametrize(
    ("name", "d", "g"),
    [
        ("nonsaturating", 2 * math.log(2), math.log(2)),
        ("minimax", 2 * math.log(2), -math.log(2)),
        ("relativistic", math.log(2), math.log(2)),
        ("lsgan", 0.25, 0.125),
        ("hinge", 2, 0),
        ("wasserstein", 0, 0),
    ],
)
def test_equilibrium_values(name, d, g) -> None:
    assert [float(v) for v in equilibrium(name)] == pytest.approx([d, g], abs=1e-15)


def test_gan_losses_are_per_sample() -> None:
    a, b = torch.randn(7), torch.randn(7)
    for entry in GAN_LOSSES.values():
        assert all(loss.shape == (7,) for loss in entry.thing(a, b))


# ------------------------------------------------------------------ penalties


W = torch.tensor([3.0, -4.0, 12.0], dtype=torch.float64)  # |W| = 13
LINEAR = {"none": 0.0, "r1": 169.0, "r2": 169.0, "r1r2": 338.0, "gp": 144.0, "clip": 0.0}
SCALE = {"none": 0.0, "r1": 0.5, "r2": 0.5, "r1r2": 0.5, "gp": 1.0, "clip": 0.0}


@pytest.mark.parametrize("name", PENALTIES)
def test_penalty_of_a_linear_critic_is_exact_for_every_sample(name) -> None:
    # The norm of the whole batch's gradient would be sqrt(5) times as long.
    real, fake, generator = torch.randn(5, 3), torch.randn(5, 3), torch.Generator().manual_seed(0)
    values = PENALTIES[name].thing(lambda x: x @ W, real, fake, generator)
    torch.testing.assert_close(values, torch.full((5,), LINEAR[name]), rtol=1e-12, atol=0)
    assert PENALTIES[name].extra["scale"] == SCALE[name]


def test_penalties_see_each_sample_where_it_is() -> None:
    real, fake = torch.randn(6, 1, 2, 2), 3 + torch.randn(6, 1, 2, 2)

    def bowl(x):  # its gradient at x is x
        return 0.5 * x.square().flatten(1).sum(1)

    def length(x):
        return x.flatten(1).norm(dim=1)

    def value(name):
        return PENALTIES[name].thing(bowl, real, fake, torch.Generator().manual_seed(1))

    torch.testing.assert_close(value("r1"), length(real) ** 2)
    torch.testing.assert_close(value("r2"), length(fake) ** 2)
    torch.testing.assert_close(value("r1r2"), length(real) ** 2 + length(fake) ** 2)
    between = mixed(real, fake, torch.Generator().manual_seed(1))
    torch.testing.assert_close(value("gp"), (length(between) - 1) ** 2)


def test_interpolates_lie_on_the_lines_at_a_place_of_their_own() -> None:
    real, fake = torch.randn(200, 1, 3, 3), torch.randn(200, 1, 3, 3)
    share = (mixed(real, fake, torch.Generator().manual_seed(0)) - real) / (fake - real)
    torch.testing.assert_close(share, share[:, :, :1, :1].expand_as(share))
    place = share[:, 0, 0, 0]
    assert 0 <= place.min() < 0.05
    assert 0.95 < place.max() <= 1
    assert float(place.mean()) == pytest.approx(0.5, abs=4 * 0.289 / 200**0.5)


def test_slope_penalty_survives_a_flat_critic() -> None:
    weight = torch.zeros(3, requires_grad=True)
    value = PENALTIES["gp"].thing(lambda x: x @ weight, torch.randn(4, 3), torch.randn(4, 3), torch.Generator())
    (slope,) = torch.autograd.grad(value.sum(), weight)
    assert torch.equal(value, torch.ones(4))
    assert slope.isfinite().all()


# ------------------------------------------------------------------ divergences


def test_kl_closed_form_is_that_of_torch_and_of_chance() -> None:
    mu, logvar = torch.tensor([[0.7, -1.2, 0.0]]), torch.tensor([[0.4, -2.0, 0.0]])
    ours = gaussian_kl(mu, logvar)
    q = Normal(mu, (0.5 * logvar).exp())
    torch.testing.assert_close(ours, kl_divergence(q, Normal(0.0, 1.0)), rtol=1e-12, atol=1e-14)
    z = q.mean + q.stddev * torch.randn(200_000, 3)
    draws = q.log_prob(z) - Normal(0.0, 1.0).log_prob(z)
    assert ((draws.mean(0) - ours[0]).abs() <= 4 * draws.std(0) / 200_000**0.5 + 1e-12).all()


def test_kl_is_never_negative_and_zero_only_at_the_prior() -> None:
    mu, logvar = 3 * torch.randn(1000, 4), 3 * torch.randn(1000, 4)
    assert (gaussian_kl(mu, logvar) > 0).all()
    assert torch.equal(gaussian_kl(torch.zeros(1, 4), torch.zeros(1, 4)), torch.zeros(1, 4))


def test_log_normal_takes_a_log_variance() -> None:
    z, mu, logvar = torch.randn(5, 3), torch.randn(5, 3), torch.randn(5, 3)
    torch.testing.assert_close(log_normal(z, mu, logvar), Normal(mu, (0.5 * logvar).exp()).log_prob(z))


# ------------------------------------------------------------------ likelihoods

ETA = torch.tensor(
    [-40, -9, -1, -NEAR_ZERO, -NEAR_ZERO / 2, -1e-9, 0, 1e-6, NEAR_ZERO, 0.5, 3, 40], dtype=torch.float64
)


def likelihood(name: str, sigma: float = 0.3):
    return LIKELIHOODS[name].thing(sigma)


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_likelihood_is_one_number_of_nats_per_sample(name) -> None:
    raw, x = torch.randn(6, 2, 3), torch.rand(6, 2, 3)
    whole = likelihood(name)(raw, x)
    assert whole.shape == (6,)
    parts = sum(likelihood(name)(raw.view(6, 6)[:, i : i + 1], x.view(6, 6)[:, i : i + 1]) for i in range(6))
    torch.testing.assert_close(whole, parts)


@pytest.mark.parametrize("name", [n for n in LIKELIHOODS if n != "bernoulli"])
def test_likelihood_is_a_density_with_the_mean_it_states(name) -> None:
    low, high, steps = (0.0, 1.0, 100_000) if LIKELIHOODS[name].extra["modality"] == "image" else (-60.0, 60.0, 100_000)
    width = (high - low) / steps
    x = (low + width * (torch.arange(steps) + 0.5))[:, None]
    for eta in ETA:
        density = likelihood(name)(eta.expand_as(x), x).detach().exp()
        assert float(density.sum() * width) == pytest.approx(1, abs=1e-6)
        assert float((density * x[:, 0]).sum() * width) == pytest.approx(float(likelihood(name).mean(eta)), abs=1e-6)


def test_bernoulli_is_that_of_torch_and_does_not_overflow() -> None:
    x = torch.tensor([0.0, 1.0]).repeat(len(ETA), 1)
    raw = ETA[:, None].expand(-1, 2)
    torch.testing.assert_close(likelihood("bernoulli")(raw, x), Bernoulli(logits=raw).log_prob(x).sum(1))
    assert float(likelihood("bernoulli")(torch.tensor([[-1000.0]]), torch.ones(1, 1))) == -1000


def test_gaussians_are_that_of_torch() -> None:
    raw, x = torch.randn(4, 5), torch.randn(4, 5)
    for name in ("gaussian", "gaussian_learned"):
        torch.testing.assert_close(likelihood(name, 0.3)(raw, x), Normal(raw, 0.3).log_prob(x).sum(1))


def test_continuous_bernoulli_is_that_of_torch() -> None:
    raw = torch.tensor([[-6.0, -0.8, 0.9, 5.0]])
    x = torch.rand(1, 4)
    torch.testing.assert_close(
        likelihood("continuous_bernoulli")(raw, x), ContinuousBernoulli(logits=raw).log_prob(x).sum(1)
    )
    torch.testing.assert_close(likelihood("continuous_bernoulli").mean(raw), ContinuousBernoulli(logits=raw).mean)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_continuous_bernoulli_is_smooth_around_one_half(dtype) -> None:
    eta = torch.linspace(-3 * NEAR_ZERO, 3 * NEAR_ZERO, 601, dtype=dtype, requires_grad=True)
    value = likelihood("continuous_bernoulli")(eta[:, None], torch.full((601, 1), 0.25, dtype=dtype))
    (slope,) = torch.autograd.grad(value.sum(), eta)
    # d/d eta ln p = x - mean, everywhere
    torch.testing.assert_close(slope, 0.25 - likelihood("continuous_bernoulli").mean(eta).detach(), rtol=0, atol=2e-5)
    assert float(value.detach().max() - value.detach().min()) < 0.1


def test_best_learned_sigma_is_the_root_mean_squared_error() -> None:
    raw, x = torch.randn(50, 3), torch.randn(50, 3)
    module = likelihood("gaussian_learned", float((raw - x).square().mean().sqrt()))
    (slope,) = torch.autograd.grad(module(raw, x).mean(), module.parameters())
    assert abs(float(slope)) < 1e-12
    assert len(list(likelihood("gaussian").parameters())) == 0


def test_learned_sigma_never_reaches_zero() -> None:
    module = likelihood("gaussian_learned")
    with torch.no_grad():
        module.raw_log_sigma.fill_(-1e4)
    assert float(module.log_sigma) == module.LOWEST
