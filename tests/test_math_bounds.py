"""Bounds on the likelihood: against models whose likelihood is known exactly, and against their own definitions."""

import math

import pytest
import torch
from torch import nn
from torch.distributions import MultivariateNormal

from genmodels.data import DataSpec
from genmodels.metrics.bounds import active_units, iwae_bound
from genmodels.models import MODELS, Batch, preset
from genmodels.models.factor_vae import shuffled
from genmodels.models.vae import VAE
from genmodels.objectives.kl import decompose
from tests.small_models import DATA, fresh

pytestmark = pytest.mark.usefixtures("float64")

SIGMA = 0.5
WEIGHT = torch.tensor([[3.0, 0.0], [0.0, -1.0]], dtype=torch.float64)  # orthogonal columns: a diagonal posterior
OFFSET = torch.tensor([0.3, -2.0], dtype=torch.float64)


def probabilistic_pca(model: str = "vae", shift: float = 0.0, **changes) -> VAE:
    """``x = W z + b + sigma noise`` with its true posterior, whose mean is moved by ``shift``."""
    spec = DataSpec("points", (2,))
    settings = {"latent_dim": 2, "likelihood": "gaussian", "sigma": SIGMA, **changes}
    vae = MODELS[model].thing(preset(model, "line", spec, "fast", **settings), spec)
    precision = torch.eye(2) + WEIGHT.T @ WEIGHT / SIGMA**2
    gain = torch.linalg.inv(precision) @ WEIGHT.T / SIGMA**2
    encoder, decoder = nn.Linear(2, 4), nn.Linear(2, 2)
    with torch.no_grad():
        encoder.weight.copy_(torch.cat([gain, torch.zeros(2, 2)]))
        encoder.bias.copy_(torch.cat([shift - gain @ OFFSET, -precision.diagonal().log()]))
        decoder.weight.copy_(WEIGHT)
        decoder.bias.copy_(OFFSET)
    vae.encoder, vae.decoder = nn.Sequential(encoder), nn.Sequential(decoder)
    return vae


def exact(x: torch.Tensor) -> torch.Tensor:
    return MultivariateNormal(OFFSET, WEIGHT @ WEIGHT.T + SIGMA**2 * torch.eye(2)).log_prob(x)


BOUNDED = [name for name, entry in MODELS.items() if issubclass(entry.thing, VAE) and not entry.thing.conditional]


@pytest.mark.parametrize("model", BOUNDED)
def test_with_the_true_posterior_every_draw_weighs_the_exact_likelihood(model) -> None:
    x = 3 * torch.randn(20, 2)
    weights = probabilistic_pca(model).log_weights(x, 7, torch.Generator().manual_seed(0))
    torch.testing.assert_close(weights, exact(x).expand(7, 20), rtol=0, atol=1e-9)


def test_elbo_of_the_true_posterior_is_the_exact_likelihood_on_average() -> None:
    vae = probabilistic_pca()
    x = torch.randn(1, 2).expand(100_000, 2)
    passage = vae.passage(x, torch.Generator().manual_seed(0))
    elbo = -(passage.reconstruction + passage.kl).detach()
    assert abs(float(elbo.mean() - exact(x[:1]))) < 4 * float(elbo.std()) / 100_000**0.5


def test_importance_weighted_bound_tightens_towards_the_likelihood() -> None:
    vae = probabilistic_pca(shift=0.3)
    x = 2 * torch.randn(2000, 2)
    generator = torch.Generator().manual_seed(0)
    bounds = [float(iwae_bound(vae, x, k, generator).mean()) for k in (1, 2, 5, 20, 500)]
    assert bounds == sorted(bounds), "more draws never loosen it"
    truth = float(exact(x).mean())
    assert bounds[0] < truth - 0.1, "one draw from a wrong posterior pays for it"
    assert bounds[-1] == pytest.approx(truth, abs=0.05)


def test_bound_does_not_depend_on_how_it_is_computed_in_parts(monkeypatch) -> None:
    vae, x = probabilistic_pca(), torch.randn(11, 2)  # with the true posterior no chance is left
    whole = iwae_bound(vae, x, 6, torch.Generator())
    monkeypatch.setattr("genmodels.metrics.bounds.ROWS", 4)
    torch.testing.assert_close(iwae_bound(vae, x, 6, torch.Generator()), whole)


def test_iwae_is_trained_on_the_bound_it_reports() -> None:
    iwae = probabilistic_pca("iwae", shift=0.3, draws=5)
    x = torch.randn(8, 2)
    terms = iwae.loss(Batch(x, None, 0), torch.Generator().manual_seed(3))
    torch.testing.assert_close(-terms.total, iwae_bound(iwae, x, 5, torch.Generator().manual_seed(3)))


@pytest.mark.parametrize(("beta", "warmup", "price"), [(3.0, 0, 3.0), (3.0, 100, 0.3), (0.0, 0, 0.0)])
def test_iwae_with_one_draw_and_beta_is_a_beta_vae(beta: float, warmup: int, price: float) -> None:
    iwae = probabilistic_pca("iwae", shift=0.3, draws=1, beta=beta, kl_warmup=warmup)
    x = torch.randn(1, 2).expand(50_000, 2)
    with torch.no_grad():
        loss = iwae.loss(Batch(x, None, 9), torch.Generator().manual_seed(0)).total
        passage = iwae.passage(x, torch.Generator().manual_seed(1))
    vae = passage.reconstruction + price * passage.kl
    assert abs(float(loss.mean() - vae.mean())) < 4 * float(loss.var() + vae.var()) ** 0.5 / 50_000**0.5


@pytest.mark.parametrize(("model", "beta"), [("vae", 1.0), ("vae", 0.3), ("beta-vae", 4.0)])
def test_loss_is_the_bound_with_beta_and_its_parts_have_the_right_sign(model, beta) -> None:
    vae = fresh(model, beta=beta)
    terms = vae.loss(Batch(DATA["image"].train / 255, None, 0), torch.Generator().manual_seed(0))
    torch.testing.assert_close(terms.total, terms.parts["reconstruction"] + beta * terms.parts["kl"])
    assert (terms.parts["kl"] > 0).all()
    with torch.no_grad():
        measured = vae.measure(DATA["image"].test / 255, torch.Generator().manual_seed(0))
    assert measured["kl"] > 0
    assert measured["neg_elbo"] == pytest.approx(measured["reconstruction"] + measured["kl"])
    assert measured["kl"] == pytest.approx(sum(measured["kl_per_dim"]))


def test_kl_warm_up_grows_to_beta_and_stays() -> None:
    vae = fresh("vae", beta=2.0, kl_warmup=4)
    assert [vae.warmed(step) for step in (0, 1, 3, 100)] == [0.5, 1.0, 2.0, 2.0]


@pytest.mark.parametrize("capacity", [0.0, 500.0])
def test_capacity_holds_the_mean_kl_of_the_batch(capacity) -> None:
    vae = fresh("capacity-vae", capacity=capacity, capacity_steps=10, pull=7.0)
    passage = vae.passage(DATA["image"].train / 255, torch.Generator())
    price, parts = vae.regulariser(passage, step=100)
    assert float(price.mean()) == pytest.approx(7 * abs(float(passage.kl.mean()) - capacity))
    assert float(parts["capacity"].mean()) == pytest.approx(capacity, abs=1e-9)
    assert vae.capacity(0) == capacity / 10


# ------------------------------------------------------------------ the KL term in three


def random_posteriors(m: int = 40, d: int = 3):
    mu, logvar = 2 * torch.randn(m, d), torch.randn(m, d)
    return mu + (0.5 * logvar).exp() * torch.randn(m, d), mu, logvar


@pytest.mark.parametrize("n", [1, 5000])
def test_codes_that_say_nothing_show_the_estimators_constants(n) -> None:
    z, d = torch.randn(64, 5), 5
    split = decompose(z, torch.zeros(64, d), torch.zeros(64, d), data_size=n)
    expected = (math.log(n), (d - 1) * math.log(n), -d * math.log(n))
    for part, constant in zip(split, expected, strict=True):
        torch.testing.assert_close(part, torch.full((64,), constant), rtol=0, atol=1e-9)


def test_codes_that_are_all_different_say_the_log_of_their_number() -> None:
    mu = 1000.0 * torch.arange(32)[:, None] * torch.ones(1, 2)
    logvar = torch.zeros(32, 2)
    split = decompose(mu + torch.randn(32, 2), mu, logvar)
    torch.testing.assert_close(split.mutual_information, torch.full((32,), math.log(32)))
    # Either dimension gives the other away.
    torch.testing.assert_close(split.total_correlation, torch.full((32,), math.log(32)))


def test_the_three_parts_add_up() -> None:
    z, mu, logvar = random_posteriors()
    q = torch.distributions.Normal(mu, (0.5 * logvar).exp()).log_prob(z).sum(1)
    p = torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(1)
    torch.testing.assert_close(sum(decompose(z, mu, logvar, 777)), q - p)


def test_every_other_sample_counts_alike() -> None:
    # Weights that treat column 0 instead of the diagonal specially would break this.
    z, mu, logvar = random_posteriors()
    order = torch.randperm(len(z))
    straight, mixed = decompose(z, mu, logvar, 100), decompose(z[order], mu[order], logvar[order], 100)
    for a, b in zip(straight, mixed, strict=True):
        torch.testing.assert_close(a[order], b)


def test_data_size_has_no_gradient() -> None:
    slopes = []
    for n in (1, 60_000):
        z, mu, logvar = (t.requires_grad_() for t in map(torch.clone, FIXED))
        slopes.append(torch.autograd.grad(decompose(z, mu, logvar, n).total_correlation.sum(), (z, mu, logvar)))
    for a, b in zip(*slopes, strict=True):
        torch.testing.assert_close(a, b)


FIXED = tuple(torch.randn(10, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(i)) for i in range(3))


def test_tcvae_with_beta_one_is_the_vae() -> None:
    vae = fresh("beta-tcvae", beta=1.0)
    terms = vae.loss(Batch(DATA["image"].train / 255, None, 0), torch.Generator())
    torch.testing.assert_close(terms.total, terms.parts["reconstruction"] + terms.parts["kl"])


def test_shuffling_keeps_each_dimension_and_breaks_their_ties() -> None:
    z = torch.randn(5000, 1).repeat(1, 3)
    mixed = shuffled(z, torch.Generator().manual_seed(0))
    assert torch.equal(mixed.sort(0).values, z.sort(0).values)
    correlation = torch.corrcoef(mixed.T)
    assert (correlation - torch.eye(3)).abs().max() < 4 / 5000**0.5


def test_vq_vae_reports_a_bound_on_the_likelihood_summed_over_every_sentence() -> None:
    vq = fresh("vq-vae", codebook=3, latent_dim=8)
    x = DATA["image"].test[:4] / 255
    every = torch.cartesian_prod(torch.arange(3), torch.arange(3))
    z = vq.codebook.look_up(every).flatten(1)
    with torch.no_grad():
        joint = torch.stack([vq.log_likelihood(row.expand(9, *row.shape), z) for row in x]) - vq.code_length(every)
        measured = vq.measure(x, torch.Generator())
    exact = -float(joint.logsumexp(1).mean())
    assert exact < measured["neg_elbo"]
    _, index = vq.written(x)
    chosen = index[:, 0] * 3 + index[:, 1]
    assert measured["neg_elbo"] == pytest.approx(-float(joint.gather(1, chosen[:, None]).mean()))


def test_active_units_count_means_that_vary() -> None:
    mu = torch.randn(1000, 5) * torch.tensor([1.0, 0.3, 0.05, 0.0, 2.0])
    mu[:, 3] = 7.0
    assert active_units(mu) == 3
    assert active_units(torch.zeros(10, 4)) == 0
