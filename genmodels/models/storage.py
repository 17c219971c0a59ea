"""Models as safetensors files with their configuration inside."""

from pathlib import Path
from typing import Annotated, Literal

import torch
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from genmodels.config import parse
from genmodels.data.base import DataSpec
from genmodels.data.images import MAX_SIZE
from genmodels.errors import UserError
from genmodels.models.base import MODELS, Model
from genmodels.training.files import read_tensors, write_tensors


class _SpecText(BaseModel):
    """A data specification as it stands in a file."""

    model_config = ConfigDict(strict=True)

    modality: Literal["image", "points"]
    shape: Annotated[list[Annotated[int, Field(ge=1, le=MAX_SIZE)]], Field(max_length=3)]
    classes: Annotated[list[str], Field(max_length=10_000)]

    def fits(self) -> bool:
        """Whether such samples exist: grey or colour images, or points in the plane."""
        return len(self.shape) == 3 and self.shape[0] in (1, 3) if self.modality == "image" else self.shape == [2]


MAX_VALUES = 100_000_000
"""Parameters of the largest model that is built from a file."""


def save_model(model: Model, path: Path, *, half: bool = False) -> None:
    """Write the weights with configuration and data specification in the metadata; ``half`` stores them as float16.

    Not so the buffers, which are small: half precision is too coarse for counters and moments.
    """
    spec = {"modality": model.spec.modality, "shape": list(model.spec.shape), "classes": list(model.spec.classes)}
    halved = {name for name, _ in model.named_parameters()} if half else set()
    tensors = {name: value.half() if name in halved else value for name, value in model.state_dict().items()}
    write_tensors(path, tensors, {"config": model.config.model_dump(), "spec": spec})


def load_model(path: Path) -> Model:
    """A model ready to use (evaluation mode, float32, on the CPU) from a file by :func:`save_model`.

    Raises:
        UserError: The file is missing, foreign or damaged, or does not fit its own configuration.
    """
    tensors, metadata = read_tensors(path)
    if "config" not in metadata or "spec" not in metadata:
        raise UserError(f"{path.name} does not say which model it holds; it was not saved by genmodels.")
    config = parse(metadata["config"])
    spec = parse_spec(metadata["spec"])
    with torch.device("meta"):
        model = MODELS[config.model].thing(config, spec)
    if sum(p.numel() for p in model.parameters()) > MAX_VALUES:
        raise UserError(f"{path.name} describes a model of more than {MAX_VALUES // 1_000_000} million parameters.")
    try:
        model.load_state_dict({name: value.float() for name, value in tensors.items()}, assign=True)
    except (RuntimeError, TypeError):
        raise UserError(f"The weights in {path.name} do not fit the model it names; the file may be damaged.") from None
    if not all(bool(value.isfinite().all()) for value in model.state_dict().values()):
        raise UserError(f"The weights in {path.name} are not all finite numbers; the model cannot be used.")
    return model.eval().requires_grad_(False)


def parse_spec(values: object) -> DataSpec:
    """A data specification from JSON. Raises UserError when it makes no sense."""
    try:
        spec = _SpecText.model_validate(values)
    except ValidationError:
        spec = None
    if spec is None or not spec.fits():
        raise UserError(f"The file's description of its data makes no sense: {str(values)[:80]}.")
    return DataSpec(spec.modality, tuple(spec.shape), tuple(spec.classes))
