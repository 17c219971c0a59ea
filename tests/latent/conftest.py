"""Small models with known decoders."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from genmodels.data import spec_of
from genmodels.models import MODELS, Model, preset


@pytest.fixture
def model_of() -> Callable[..., Model]:
    """A small model, made from ``(name, data, **settings)``; the same weights every time."""

    def make(name: str = "vae", data: str = "digits", **settings: object) -> Model:
        torch.manual_seed(0)
        spec = spec_of(data)
        config = preset(name, data, spec, **{"width": 16, "latent_dim": 4} | settings)
        return MODELS[name].thing(config, spec).eval().requires_grad_(False)

    return make


@pytest.fixture
def linear_of(model_of: Callable[..., Model]) -> Callable[[torch.Tensor], Model]:
    """A GAN of points whose decoder is the matrix ``[2, latent_dim]``."""

    def make(matrix: torch.Tensor) -> Model:
        model = model_of("gan", "ring", latent_dim=matrix.shape[1])
        layer = nn.Linear(matrix.shape[1], 2, bias=False).requires_grad_(False)
        layer.weight.copy_(matrix)
        model.decoder = nn.Sequential(layer)
        return model

    return make
