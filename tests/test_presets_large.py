"""Fast presets on large images: a step must not cost more than its time pays for."""

import pytest
import torch
from torch import nn

from genmodels.data import Dataset, DataSpec, load, spec_of
from genmodels.models import MODELS, preset
from genmodels.models.autoencoder import Autoencoder
from genmodels.models.presets import quickened
from genmodels.training import Trainer
from genmodels.training.loop import build


def pictures(size: int, n: int = 24) -> Dataset:
    """Colour pictures of one class each: a bright left half on a dark ground, or the other way round."""
    x = torch.full((n, 3, size, size), 20, dtype=torch.uint8)
    x[: n // 3, :, :, : size // 2] = 230
    x[n // 3 :, :, :, size // 2 :] = 230
    x[:, 2] //= 2
    labels = (torch.arange(n) >= n // 3).long()
    return Dataset("halves", "Halves", DataSpec("image", (3, size, size), ("l", "r")), x, x, labels, labels)


@pytest.mark.parametrize("size", [48, 64])
@pytest.mark.parametrize("model", MODELS)
def test_every_fast_preset_trains_on_large_pictures(model, size) -> None:
    data = pictures(size)
    config = preset(model, "digits", data.spec, "fast", threads=1)
    usual = preset(model, "digits", spec_of("digits"), "fast")
    lean = 16 * 8  # as few samples in as narrow a network as anything that learns
    assert config.batch_size * config.width <= max(usual.batch_size * usual.width / 2, lean)
    assert config.steps <= usual.steps
    trainer = Trainer(config, data)
    trainer.advance()
    assert trainer.shown.decode(trainer.shown.prior(2, torch.Generator().manual_seed(0))).shape == (2, 3, size, size)


def test_other_presets_and_small_pictures_stay_as_they_were() -> None:
    large, small = DataSpec("image", (3, 64, 64)), DataSpec("image", (3, 32, 32))
    assert preset("vae", "faces-64", large, "good").width == preset("vae", "digits", small, "good").width
    gan, usual = preset("gan", "digits", small, "fast"), preset("gan", "digits", spec_of("digits"), "fast")
    assert (gan.network, gan.width, gan.batch_size) == ("conv", usual.width, usual.batch_size)
    fast = preset("capacity-vae", "faces-64", large, "fast")
    assert fast.capacity_steps < fast.steps


def test_a_fully_connected_fast_preset_is_leaner_from_colour_on() -> None:
    fast = [
        preset("vae", "digits", DataSpec("image", shape), "fast") for shape in ((1, 32, 32), (3, 32, 32), (3, 64, 64))
    ]
    assert [config.width for config in fast] == [512, 256, 128]
    assert [config.batch_size for config in fast] == [128, 64, 32]


# Where autoencoders begin


def first_drawn(model: Autoencoder) -> torch.Tensor:
    """What a decoder draws that listens to nothing but its last bias, ``[3, H, W]``, raw."""
    with torch.no_grad():
        [layer for layer in model.decoder.modules() if isinstance(layer, nn.Linear | nn.Conv2d)][-1].weight.zero_()
        return model.decoder(torch.randn(1, model.config.latent_dim))[0]


@pytest.mark.parametrize("likelihood", ["bernoulli", "continuous_bernoulli", "gaussian"])
def test_an_untrained_decoder_draws_the_mean(likelihood) -> None:
    data = pictures(48)
    raw = first_drawn(build(preset("vae", "digits", data.spec, "fast", likelihood=likelihood), data))
    mean = data.train.float().mean(0) / 255
    assert float(mean[:, :, 0].min()) < 0.7 * float(mean[:, :, -1].min())
    # Means are rounded to a step of grey.
    torch.testing.assert_close(raw if likelihood == "gaussian" else raw.sigmoid(), mean, rtol=0, atol=0.5 / 255 + 1e-6)


@pytest.mark.parametrize("network", ["conv", "residual"])
def test_a_convolution_is_told_the_mean_colour(network) -> None:
    data = pictures(48)
    raw = first_drawn(build(preset("vae", "digits", data.spec, "fast", network=network, width=8), data))
    colour = (data.train.float().mean(0) / 255).logit().mean((1, 2))
    torch.testing.assert_close(raw, colour[:, None, None].expand(3, 48, 48), rtol=0, atol=0.02)


def test_small_pictures_are_begun_as_ever() -> None:
    data = load("digits")
    model = build(preset("vae", "digits", data.spec, "fast"), data)
    assert float(first_drawn(model).abs().max()) < 0.05


def test_a_network_without_a_lean_form_stays_as_it_is() -> None:
    settings = {"network": "another", "steps": 1000}
    assert quickened(settings, DataSpec("image", (3, 64, 64))) == settings
