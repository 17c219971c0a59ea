"""A run's networks: as they are kept here, and in the format that every other program reads."""

import warnings

import torch
from torch import Tensor, nn

from genmodels.errors import UserError
from genmodels.export.base import EXPORTS
from genmodels.export.numbers import packed
from genmodels.jsontext import to_json
from genmodels.models.base import Model
from genmodels.registry import Card
from genmodels.training.folder import RunFolder

OPSET = 20
"""Version of ONNX's operators: what runtimes of the last years understand."""


@EXPORTS.register(
    "safetensors",
    Card("Model", "The averaged weights with their configuration inside, as safetensors.", "networks"),
    stem="model", suffix=".safetensors", mime="application/octet-stream", needs="model.safetensors",
)  # fmt: skip
def safetensors(folder: RunFolder) -> bytes:
    """The file itself, after a look whether it can be read."""
    folder.about()
    folder.model()
    return (folder.path / "model.safetensors").read_bytes()


@EXPORTS.register(
    "onnx",
    Card("ONNX", "Decoder (generator) and, where there is one, encoder as ONNX, zipped.", "networks"),
    stem="onnx", suffix=".zip", mime="application/zip", needs="model.safetensors",
)  # fmt: skip
def onnx(folder: RunFolder) -> bytes:
    """A zip of ``decoder.onnx``, ``encoder.onnx`` where there is one that can be exported, and ``about.json``."""
    folder.about()
    model = folder.model()
    files, encoder = {"decoder.onnx": decoder_onnx(model)}, ""
    if model.encodes:
        try:
            files["encoder.onnx"] = encoder_onnx(model)
            encoder = "x [n, *shape] -> mu, and logvar where the code has spread [n, latent_dim]"
        except UserError as error:
            encoder = f"left out: {error}"
    about = {
        "model": model.config.model,
        "data": model.config.data,
        "decoder": "z [n, latent_dim] -> x: images in 0..1, points in the data's units"
        + (", with labels y [n]" if model.conditional else ""),
        "encoder": encoder,
        "latent_dim": model.config.latent_dim,
        "shape": list(model.spec.shape),
        "classes": list(model.spec.classes) if model.conditional else [],
    }
    return packed({**files, "about.json": to_json(about).encode()}.items())


class _Decoder(nn.Module):
    def __init__(self, model: Model) -> None:
        super().__init__()
        self.model = model

    def forward(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        return self.model.decode(z, y)


class _Encoder(nn.Module):
    def __init__(self, model: Model) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: Tensor, y: Tensor | None = None) -> Tensor | tuple[Tensor, Tensor]:
        mu, logvar = self.model.encode(x, y)
        return mu if logvar is None else (mu, logvar)


def decoder_onnx(model: Model) -> bytes:
    """``z`` ``[n, latent_dim]``, for conditional models also ``y`` ``[n]``, to samples ``x`` ``[n, *shape]``."""
    z = model.prior(4, torch.Generator().manual_seed(0))
    return _onnx(_Decoder(model), _inputs(model, "z", z), ["x"])


def encoder_onnx(model: Model) -> bytes:
    """``x`` ``[n, *shape]``, images in 0..1, to ``mu`` and, where the code has spread, ``logvar`` ``[n, latent_dim]``.

    Raises UserError where that cannot be said in ONNX; the nearest codes of a VQ-VAE cannot.
    """
    x = torch.rand(4, *model.spec.shape, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        spread = model.encode(x, model.labels_in_turn(4)).logvar is not None
    return _onnx(_Encoder(model), _inputs(model, "x", x), ["mu", "logvar"] if spread else ["mu"])


def _inputs(model: Model, name: str, value: Tensor) -> dict[str, Tensor]:
    y = model.labels_in_turn(len(value))
    return {name: value} if y is None else {name: value, "y": y}


def _onnx(module: nn.Module, inputs: dict[str, Tensor], outputs: list[str]) -> bytes:
    n = torch.export.Dim("n")
    with warnings.catch_warnings():  # the exporter warns developers of its own deprecations
        warnings.simplefilter("ignore")
        try:
            program = torch.onnx.export(
                module.eval(),
                kwargs=dict(inputs),
                dynamo=True,
                opset_version=OPSET,
                input_names=list(inputs),
                output_names=outputs,
                dynamic_shapes={name: {0: n} for name in inputs},
                verbose=False,
            )
        except torch.onnx.errors.OnnxExporterError as error:
            raise UserError("This network cannot be put into ONNX; take its safetensors instead.") from error
    assert program is not None
    shape = program.model.graph.inputs[0].shape
    if shape is None or isinstance(shape[0], int):  # some layers are traced for the number of samples at hand only
        raise UserError("This network cannot be put into ONNX for any number of samples; take its safetensors instead.")
    content: bytes = program.model_proto.SerializeToString()
    return content
