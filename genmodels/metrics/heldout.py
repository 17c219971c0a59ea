"""Everything that is measured on held-out data."""

import torch
from torch import Tensor

from genmodels.data.base import Dataset, to_unit
from genmodels.errors import UserError
from genmodels.metrics.quality import Quality
from genmodels.models.base import Measures, Model

CHUNK = 500
"""Samples measured at once: bounds the memory, whatever the size of the held-out part."""


def check_fits(model: Model, data: Dataset) -> None:
    """Raises UserError unless ``model`` can be measured on ``data``, which may have changed since it was trained."""
    if data.spec.shape != model.spec.shape:
        changed = "shape"
    elif model.conditional and data.spec.classes != model.spec.classes:
        changed = "classes"
    else:
        return
    raise UserError(
        f"The data at {data.name[:60]!r} changed their {changed} since this run; put back what it was trained on."
    )


@torch.no_grad()
def measure(model: Model, x: Tensor, generator: torch.Generator, y: Tensor | None = None) -> Measures:
    """``model.measure`` averaged over samples ``[N, *shape]`` (uint8 images or points), labels ``[N]`` or None."""
    device = model.scale.device
    totals: dict[str, Tensor] = {}
    for start in range(0, len(x), CHUNK):
        chunk = to_unit(x[start : start + CHUNK]).to(device)
        labels = None if y is None else y[start : start + CHUNK].to(device)
        for name, value in model.measure(chunk, generator, labels).items():
            weighted = torch.tensor(value, dtype=torch.float64) * len(chunk) / len(x)
            totals[name] = totals[name] + weighted if name in totals else weighted
    return {name: total.tolist() for name, total in totals.items()}


def evaluate(
    model: Model, data: Dataset, quality: Quality, generator: torch.Generator, n: int | None = None
) -> Measures:
    """Everything that is measured on the first ``n`` held-out samples (None: all); the first entry is the headline.

    A bound on the likelihood comes first where the model has one, else the distance between samples and data.
    """
    labels = None if data.test_labels is None else data.test_labels[:n]
    own = measure(model, data.test[:n], generator, labels)
    seen = quality(model, generator)
    return own | seen if model.bounded else seen | own
