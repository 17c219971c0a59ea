"""Which dimensions do something."""

from collections.abc import Callable

import pytest
import torch

from genmodels.latent import order
from genmodels.models import Model
from genmodels.objectives import gaussian_kl


def test_the_variance_of_a_linear_decoder_is_known(linear_of: Callable[..., Model]) -> None:
    model = linear_of(torch.tensor([[3.0, 0.0, 1.0], [0.0, 0.0, 1.0]]))
    levels = torch.special.ndtri((torch.arange(3, dtype=torch.float64) + 0.5) / 3)
    spread = float(levels.var(correction=0))
    torch.testing.assert_close(order.output_variance(model), torch.tensor([9.0, 0.0, 2.0]) * spread)
    assert order.strongest_first(order.output_variance(model)) == [0, 2, 1]


def test_the_scale_of_points_counts(linear_of: Callable[..., Model]) -> None:
    model = linear_of(torch.tensor([[1.0, 0.0], [0.0, 2.0]]))
    plain = order.output_variance(model)
    model.scale.fill_(3.0)
    torch.testing.assert_close(order.output_variance(model), 9 * plain)


def test_kl_is_the_mean_over_the_sample(model_of: Callable[..., Model]) -> None:
    model = model_of()
    x = torch.randint(256, (7, 1, 28, 28), dtype=torch.uint8)
    q = model.encode(x.float() / 255)
    torch.testing.assert_close(order.kl_per_dim(model, x), gaussian_kl(q.mu, q.logvar).mean(0))


def test_a_silent_dimension_has_no_kl(model_of: Callable[..., Model]) -> None:
    model = model_of()
    last = model.encoder[-1]
    last.weight[[1, 5]], last.bias[[1, 5]] = 0.0, 0.0  # mu and logvar of dimension 1: the prior
    kl = order.kl_per_dim(model, torch.randint(256, (5, 1, 28, 28), dtype=torch.uint8))
    assert kl[1] == 0 < order.SILENT
    assert order.strongest_first(kl)[-1] == 1


def test_a_gan_has_no_kl(model_of: Callable[..., Model]) -> None:
    with pytest.raises(ValueError, match="encoder"):
        order.kl_per_dim(model_of("gan"), torch.zeros(2, 1, 28, 28))
