"""Train the frozen classifiers behind the quality measures::

    python -m genmodels.metrics.train_classifier

writes ``weights/digits.safetensors`` and ``weights/fashion.safetensors`` with their test accuracy; about a minute each.
"""

import argparse
import json
import math
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn.functional import affine_grid, cross_entropy, grid_sample

from genmodels.data import load, to_unit
from genmodels.metrics.features import Classifier

EPOCHS, BATCH, RATE, SEED = 40, 64, 2e-3, 0


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
    x, y = to_unit(data.train), data.train_labels
    torch.manual_seed(SEED)
    generator = torch.Generator().manual_seed(SEED)
    model = Classifier()
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.05, fused=True)
    steps = EPOCHS * (len(x) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps)
    for _ in range(EPOCHS):
        model.train()
        for rows in torch.randperm(len(x), generator=generator)[: len(x) // BATCH * BATCH].view(-1, BATCH):
            loss = cross_entropy(model(jittered(x[rows], generator))[1], y[rows], label_smoothing=0.05)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return model, accuracy(model, to_unit(data.test), data.test_labels)


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
