"""Draws from the posterior."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from genmodels.latent.posterior import best_label, draws
from genmodels.models import Model
from tests.small_models import fresh, pictures


def test_the_deviation_of_a_linear_decoder_is_known(model_of: Callable[..., Model]) -> None:
    model = model_of("vae", "ring", latent_dim=3)
    weight = torch.tensor([[1.0, -0.5, 0.2], [0.0, 0.3, 0.7]])
    layer = nn.Linear(3, 2, bias=False).requires_grad_(False)
    layer.weight.copy_(weight)
    model.decoder = nn.Sequential(layer)
    for temperature in (0.5, 2.0):
        seen = draws(model, torch.tensor([[0.4, -0.1]]), k=40_000, temperature=temperature)
        assert seen.q.logvar is not None
        variance = (weight**2) @ seen.q.logvar[0].exp() * temperature**2
        torch.testing.assert_close(seen.deviation, variance.sqrt(), rtol=0.03, atol=0)
        torch.testing.assert_close(seen.decoded.mean(0), weight @ seen.q.mu[0], atol=0.05, rtol=0)
        torch.testing.assert_close(seen.at_mean[0], weight @ seen.q.mu[0])


def test_no_temperature_no_deviation_and_the_same_noise_every_time(model_of: Callable[..., Model]) -> None:
    model, x = model_of(), torch.zeros(1, 1, 28, 28, dtype=torch.uint8)
    cold = draws(model, x, temperature=0)
    assert cold.deviation.abs().max() < 1e-6
    torch.testing.assert_close(cold.decoded, cold.at_mean.expand(8, -1, -1, -1), atol=1e-6, rtol=0)
    assert torch.equal(draws(model, x, seed=1).codes, draws(model, x, seed=1).codes)
    assert not torch.equal(draws(model, x, seed=1).codes, draws(model, x, seed=2).codes)


@pytest.mark.parametrize("name", ["ae", "vq-vae"])
def test_a_code_without_spread_has_no_draws(name: str) -> None:
    model = fresh(name).eval()
    seen = draws(model, pictures().test[:1])
    if seen.q.logvar is None:
        assert len(seen.decoded) == 0
        assert seen.deviation.shape == model.spec.shape
        assert seen.deviation.abs().max() == 0


def test_a_conditional_model_draws_the_class_it_has_read() -> None:
    model = fresh("cvae").eval()
    x = pictures().test[:1]
    seen = draws(model, x)
    assert seen.label is not None
    torch.testing.assert_close(seen.at_mean, model.reconstruct(x.float() / 255, seen.label))
    assert torch.equal(seen.label, best_label(model, x))
    assert best_label(fresh("vae"), x) is None
