"""What is written down for the browser. That the browser makes the right pictures of it: browser/test_decoder.py."""

import json
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
import torch
from torch import nn

from genmodels.latent.export import SQUASHES, CannotExport, _rounded, export_decoder
from genmodels.models import Model
from genmodels.nn import NETWORKS
from genmodels.nn.residual import Residual
from genmodels.plots.walk import gif


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize(("name", "squash"), [("vae", "sigmoid"), ("gan", "tanh")])
def test_every_weight_is_written_once(model_of: Callable[..., Model], name: str, squash: str, network: str) -> None:
    model = model_of(name, network=network)
    exported = export_decoder(model)
    assert exported.squash == squash
    assert exported.shape == (28, 28, 1)
    assert exported.weights.size == sum(p.numel() for p in model.decoder.parameters())
    assert exported.weights.dtype == np.float16
    assert exported.operations >= exported.weights.size - sum(
        p.numel() for p in model.decoder.parameters() if p.ndim == 1
    )
    json.dumps(exported.header())


def test_points_keep_their_scale_and_precision(model_of: Callable[..., Model]) -> None:
    model = model_of("gan", "ring")
    model.scale.fill_(2.5)
    exported = export_decoder(model)
    assert (exported.squash, exported.scale, exported.shape) == ("scale", 2.5, (2,))
    assert exported.weights.dtype == np.float32


def test_a_clamped_output_is_recognised(model_of: Callable[..., Model]) -> None:
    model = model_of("vae", likelihood="gaussian")
    assert export_decoder(model).squash == "clamp"


def test_weights_too_large_for_half_precision_stay_whole(model_of: Callable[..., Model]) -> None:
    model = model_of()
    model.decoder[0].weight.mul_(1e6)
    assert export_decoder(model).weights.dtype == np.float32


def test_the_error_of_half_precision_is_that_of_the_samples(model_of: Callable[..., Model]) -> None:
    """0.5019 becomes 0.5: too much for a clamped output; a sigmoid makes a quarter of it."""
    model = model_of()
    layer = nn.Linear(1, 1).requires_grad_(False)
    layer.weight.fill_(4 + 0.0019)  # between neighbours that are 2 ** -8 apart
    layer.bias.fill_(-3.5)
    model.decoder = nn.Sequential(layer)
    for squash, kept in (("clamp", np.float32), ("sigmoid", np.float16)):
        finish = partial(SQUASHES[squash], scale=1.0)
        assert _rounded(model, torch.ones(1, 1), finish, np.zeros(2, np.float32)).dtype == kept


@pytest.mark.parametrize(
    ("layer", "named"),
    [
        (nn.BatchNorm1d(4), "BatchNorm1d"),
        (nn.GELU(), "GELU"),
        (nn.Conv2d(4, 4, 3), "convolution"),
        (nn.PixelShuffle(2), "shuffle"),
        (nn.Unflatten(1, (2, 2)), "reshape"),
        (nn.Upsample(scale_factor=2), "resize"),
        (Residual(nn.ReLU()), "add up"),
    ],
)
def test_what_the_browser_does_not_know_is_said(model_of: Callable[..., Model], layer: nn.Module, named: str) -> None:
    model = model_of()
    model.decoder = nn.Sequential(layer, *model.decoder)
    with pytest.raises(CannotExport, match=named):
        export_decoder(model)


def test_a_decoder_too_large_for_the_browser_is_said(model_of: Callable[..., Model]) -> None:
    with pytest.raises(CannotExport, match="too large"):
        export_decoder(model_of(width=2048, depth=3))


def test_an_output_of_another_kind_is_said(model_of: Callable[..., Model]) -> None:
    model = model_of()
    model.decode = lambda z, y=None: model.decoder(z).sigmoid().square()
    with pytest.raises(CannotExport, match="output"):
        export_decoder(model)


def test_dilated_convolutions_are_refused(model_of: Callable[..., Model]) -> None:
    model = model_of(network="conv")
    layers = list(model.decoder)
    place = next(i for i, layer in enumerate(layers) if isinstance(layer, nn.Conv2d))
    old = layers[place]
    layers[place] = nn.Conv2d(old.in_channels, old.out_channels, 3, padding=2, dilation=2)
    model.decoder = nn.Sequential(*layers)
    with pytest.raises(CannotExport, match="convolution"):
        export_decoder(model)


def test_a_walk_is_an_endless_gif() -> None:
    frames = torch.randint(256, (5, 8, 8, 3), dtype=torch.uint8).numpy()
    film = gif(frames, scale=2)
    assert film.startswith(b"GIF89a")
    assert b"NETSCAPE2.0" in film
