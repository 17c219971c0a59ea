"""Train the frozen classifiers behind the quality measures::

    python -m genmodels.metrics.train_classifier

writes ``weights/digits.safetensors`` and ``weights/fashion.safetensors`` with their test accuracy; about a minute each.
:func:`teach` is the short form for data that are met for the first time.
"""

import argparse
import json
import math
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn.functional import affine_grid, cross_entropy, grid_sample

from genmodels.data import Dataset, Progress, load, to_unit
from genmodels.metrics.features import Classifier
from genmodels.training.random import first_weights

EPOCHS, BATCH, RATE, SEED = 40, 64, 2e-3, 0
SHORT = 600
"""Steps of the short form: some seconds."""
MOST_HELD_OUT = 2000
"""Held-out images on which the short form is tried."""


def jittered(x: Tensor, generator: torch.Generator) -> Tensor:
    """Images turned by up to 10 degrees, moved by up to 2 pixels and scaled by up to 10 %."""
    draw = 2 * torch.rand(len(x), 4, generator=generator) - 1
    angle, scale = draw[:, 0] * math.pi / 18, 1 + 0.1 * draw[:, 1]
    turn = torch.stack([angle.cos(), -angle.sin(), angle.sin(), angle.cos()], 1).view(-1, 2, 2) * scale[:, None, None]
    shift = draw[:, 2:, None] * 4 / x.shape[-1]
    grid = affine_grid(torch.cat([turn, shift], 2), list(x.shape), align_corners=False)
    return grid_sample(x, grid, align_corners=False)


def accuracy(model: Classifier, x: Tensor, y: Tensor) -> float:
    """Share of images ``[N, 1, 28, 28]`` in 0..1 whose label ``[N]`` is found."""
    model.eval()
    with torch.no_grad():
        return float((model(x)[1].argmax(1) == y).double().mean())


def train(name: str) -> tuple[Classifier, float]:
    """A classifier for an embedded data set and its accuracy on the held-out part."""
    data = load(name)
    assert data.train_labels is not None
    assert data.test_labels is not None
    torch.manual_seed(SEED)
    model = Classifier()
    model.train()
    learn(model, data.train, data.train_labels, EPOCHS * (len(data.train) // BATCH))
    return model, accuracy(model, to_unit(data.test), data.test_labels)


def teach(data: Dataset, progress: Progress | None = None) -> tuple[Classifier, float]:
    """A classifier for labelled images, and its accuracy on the held-out part; the same for the same images.

    Without dropout, which would draw from the chance that all threads share.
    """
    assert data.train_labels is not None
    assert data.test_labels is not None
    with first_weights(SEED):
        model = Classifier(data.spec.shape[0], len(data.spec.classes))
    learn(model.eval(), data.train, data.train_labels, SHORT, progress)
    held_out = slice(0, MOST_HELD_OUT)
    return model, accuracy(model, to_unit(data.test[held_out]), data.test_labels[held_out])


def learn(model: Classifier, x: Tensor, y: Tensor, steps: int, progress: Progress | None = None) -> None:
    """Train on images ``[N, C, H, W]``, uint8, and their labels ``[N]``, each epoch in an order of its own."""
    generator = torch.Generator().manual_seed(SEED)
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.05, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps)
    order = torch.empty(0, dtype=torch.int64)
    for step in range(steps):
        if len(order) < BATCH:
            order = torch.randperm(len(x), generator=generator)
        rows, order = order[:BATCH], order[BATCH:]
        loss = cross_entropy(model(jittered(to_unit(x[rows]), generator))[1], y[rows], label_smoothing=0.05)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if progress and step % 50 == 0:
            progress(step / steps, "Learning to tell the classes apart, to judge samples by")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=["digits", "fashion"])
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "weights")
    options = parser.parse_args()
    options.out.mkdir(exist_ok=True)
    for name in options.names:
        model, found = train(name)
        tensors = {key: value.half().contiguous() for key, value in model.state_dict().items()}
        facts = {"accuracy": round(found, 4), "epochs": EPOCHS, "seed": SEED}
        save_file(tensors, options.out / f"{name}.safetensors", {"genmodels": json.dumps(facts)})
        print(f"{name}: {found:.2%} of the held-out images")


if __name__ == "__main__":
    main()
