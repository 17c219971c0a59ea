"""Our optimizers take the steps of ``torch.optim``, bit for bit, and remember what they need to go on."""

import math
import subprocess
import sys

import pytest
import torch

from genmodels.training.optimizers import OPTIMIZERS
from tests.small_runs import small, trainer

REFERENCE = {
    "adam": lambda p: torch.optim.Adam(p, fused=True),
    "adam0": lambda p: torch.optim.Adam(p, betas=(0.0, 0.99), fused=True),
    "adam05": lambda p: torch.optim.Adam(p, betas=(0.5, 0.999), fused=True),
    "rmsprop": torch.optim.RMSprop,
    "sgd": torch.optim.SGD,
}
SHAPES = ((5, 3), (3,), ())


def parameters(dtype=torch.float32):
    chance = torch.Generator().manual_seed(0)
    return [torch.nn.Parameter(torch.randn(shape, generator=chance, dtype=dtype)) for shape in SHAPES]


def gradients(step, dtype=torch.float32):
    chance = torch.Generator().manual_seed(step)
    return tuple(torch.randn(shape, generator=chance, dtype=dtype) for shape in SHAPES)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_steps_are_those_of_torch(name, dtype):
    ours, theirs = parameters(dtype), parameters(dtype)
    optimizer, reference = OPTIMIZERS[name].thing(ours), REFERENCE[name](theirs)
    for step in range(30):
        rate = 1e-2 / (1 + step)  # a rate that changes, as it does in a run
        optimizer.step(gradients(step, dtype), rate)
        for parameter, gradient in zip(theirs, gradients(step, dtype), strict=True):
            parameter.grad = gradient
        reference.param_groups[0]["lr"] = rate
        reference.step()
        assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True)), step


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_going_on_equals_never_having_stopped(name):
    whole, parts = parameters(), parameters()
    optimizer, before = OPTIMIZERS[name].thing(whole), OPTIMIZERS[name].thing(parts)
    for step in range(10):
        optimizer.step(gradients(step), 1e-2)
        if step == 4:
            kept = {name: value.clone() for name, value in before.state().items()}
            before = OPTIMIZERS[name].thing(parts)
            before.restore(kept)
        before.step(gradients(step), 1e-2)
    assert all(torch.equal(a, b) for a, b in zip(whole, parts, strict=True))


@pytest.mark.parametrize("name", ["adam", "rmsprop"])
def test_a_state_that_does_not_fit_is_refused(name):
    optimizer = OPTIMIZERS[name].thing(parameters())
    slot = next(iter(optimizer.state()))
    with pytest.raises(ValueError, match="shape"):
        optimizer.restore(optimizer.state() | {slot: torch.zeros(7)})
    with pytest.raises(KeyError):
        optimizer.restore({})


def test_no_run_has_to_wait_for_the_compiler_of_torch():
    # It is never used here, and costs each worker a second and 70 MB.
    code = """
import sys
from genmodels.data import load
from genmodels.models import preset
from genmodels.training import Trainer
data = load("digits")
for model in ("vae", "gan"):
    list(Trainer(preset(model, "digits", data.spec, "fast", steps=2, threads=1), data).events())
sys.exit("torch._dynamo" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code], timeout=300).returncode == 0


# ------------------------------------------------------------------ how large a step is


@pytest.mark.parametrize(
    ("decay", "floor", "left"),
    [
        ("none", 0.0, lambda t: 1.0),
        ("none", 0.1, lambda t: 1.0),
        ("linear", 0.0, lambda t: 1 - t),
        ("cosine", 0.0, lambda t: 0.5 * (1 + math.cos(math.pi * t))),
        ("cosine", 0.1, lambda t: 0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * t))),
    ],
)
def test_rates_grow_from_nothing_and_fall_as_they_are_told(decay, floor, left) -> None:
    run = trainer(small("vae", steps=8, lr=0.01, lr_warmup=2, lr_decay=decay, lr_floor=floor))
    seen = []
    for _ in range(8):
        run.advance()
        seen.append(run.optimizers["vae"].lr)
    grown = [0.5, 1, 1, 1, 1, 1, 1, 1]
    assert seen == pytest.approx([0.01 * g * left(i / 8) for i, g in enumerate(grown)], rel=1e-12)
