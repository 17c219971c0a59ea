"""The decoder in JavaScript against the one in torch."""

import base64
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Page

from genmodels.data import DataSpec
from genmodels.latent.export import export_decoder
from genmodels.models import MODELS, Model, preset
from pages.parts.decoder import pack

pytestmark = pytest.mark.browser
SCRIPT = (Path(__file__).parents[2] / "pages/parts/decoder/decoder.js").read_text()
GREY, COLOUR, POINTS = DataSpec("image", (1, 28, 28)), DataSpec("image", (3, 32, 32)), DataSpec("points", (2,))

DECODE = """async ([script, packed, codes, n, label]) => {
  const module = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
  const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
  const decoder = new module.Decoder(module.unpack(bytes));
  decoder.label = label;
  const all = Array.from(decoder.decode(Float32Array.from(codes), n).subarray(0, n * decoder.size));
  const alone = decoder.decode(Float32Array.from(codes.slice(0, codes.length / n)));
  return [all, Array.from(alone.subarray(0, decoder.size))];
}"""


def model_of(name: str, spec: DataSpec, **changes: object) -> Model:
    data = "ring" if spec.modality == "points" else "digits"
    torch.manual_seed(0)
    model = MODELS[name].thing(preset(name, data, spec, **changes), spec)
    with torch.no_grad():
        for p in model.decoder.parameters():  # trained weights are larger than fresh ones, and biases are not zero
            p.mul_(1.5).add_(0.01 * torch.randn_like(p))
    return model.eval().requires_grad_(False)


def decoded(page: Page, model: Model, z: torch.Tensor, label: int = 0) -> list[torch.Tensor]:
    packed = base64.b64encode(pack("test", export_decoder(model), {}, {})).decode()
    answers = page.evaluate(DECODE, [SCRIPT, packed, z.flatten().tolist(), len(z), label])
    shape = model.spec.shape
    if len(shape) == 1:
        return [torch.tensor(answer).view(-1, *shape) for answer in answers]
    c, h, w = shape
    return [torch.tensor(answer).view(-1, h, w, c).permute(0, 3, 1, 2) for answer in answers]


@pytest.mark.parametrize("spec", [GREY, COLOUR], ids=["grey", "colour"])
@pytest.mark.parametrize("name", ["vae", "gan"])
@pytest.mark.parametrize(
    "changes",
    [
        {"network": "mlp", "width": 128, "latent_dim": 2, "activation": "silu"},
        {"network": "conv", "width": 16, "depth": 2, "latent_dim": 13, "activation": "leaky_relu"},
        {"network": "conv", "width": 3, "depth": 1, "latent_dim": 1, "activation": "tanh"},
        {"network": "residual", "width": 5, "depth": 2, "latent_dim": 7, "activation": "silu"},
        {"network": "custom", "decoder_layers": "linear 9, image 4, res, up 5, conv 6 k5, shuffle 3", "latent_dim": 3},
    ],
    ids=["mlp", "conv", "odd", "residual", "custom"],
)
def test_pictures_are_those_of_torch(page: Page, name: str, spec: DataSpec, changes: dict) -> None:
    model = model_of(name, spec, **changes)
    z = 1.5 * model.prior(6, torch.Generator().manual_seed(1))
    expected = model.decode(z)
    assert expected.std() > 0.01
    together, alone = decoded(page, model, z)
    assert (together - expected).abs().max() <= 1 / 255
    assert (alone - expected[:1]).abs().max() <= 1 / 255


@pytest.mark.parametrize("name", ["vae", "gan"])
@pytest.mark.parametrize("level", ["fast", "good", "best"])
def test_pictures_of_the_presets_are_those_of_torch(page: Page, name: str, level: str) -> None:
    model = MODELS[name].thing(preset(name, "digits", GREY, level), GREY).eval().requires_grad_(False)
    z = model.prior(2, torch.Generator().manual_seed(1))
    assert (decoded(page, model, z)[0] - model.decode(z)).abs().max() <= 1 / 255


@pytest.mark.parametrize("name", ["vae", "gan"])
def test_points_are_those_of_torch(page: Page, name: str) -> None:
    model = model_of(name, POINTS)
    model.scale.fill_(1.7)
    z = model.prior(7, torch.Generator().manual_seed(1))
    torch.testing.assert_close(decoded(page, model, z)[0], model.decode(z), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("name", ["cvae", "cgan"])
@pytest.mark.parametrize("network", ["mlp", "conv"])
def test_pictures_of_every_label_are_those_of_torch(page: Page, name: str, network: str) -> None:
    spec = DataSpec("image", (1, 28, 28), classes=tuple("0123456789"))
    model = model_of(name, spec, network=network, width=16, latent_dim=3)
    z = 1.5 * model.prior(5, torch.Generator().manual_seed(1))
    seen = []
    for label in (0, 3, 9):
        expected = model.decode(z, torch.full((len(z),), label))
        together, alone = decoded(page, model, z, label)
        assert (together - expected).abs().max() <= 1 / 255
        assert (alone - expected[:1]).abs().max() <= 1 / 255
        seen.append(expected)
    assert (seen[0] - seen[1]).abs().max() > 4 / 255  # the labels do say something
