"""A few small runs to explore, as the app would have left them."""

from pathlib import Path

from genmodels.training.folder import RunFolder
from genmodels.training.runner import run
from tests.small_runs import SILENT, small

RUNS = {
    "vae2": {"model": "vae", "data": "digits", "width": 32, "steps": 60, "batch_size": 64, "lr": 5e-3},
    "vae12": {
        "model": "vae",
        "data": "digits",
        "width": 32,
        "latent_dim": 12,
        "steps": 60,
        "batch_size": 64,
        "lr": 5e-3,
    },
    "gan": {"model": "gan", "data": "digits", "network": "conv", "width": 4, "depth": 2, "latent_dim": 6, "steps": 8},
    "cvae": {"model": "cvae", "data": "digits", "width": 16, "latent_dim": 3, "steps": 8},
    "cgan": {"model": "cgan", "data": "digits", "width": 8, "latent_dim": 4, "steps": 4},
    "toy-gan": {"model": "gan", "data": "ring"},
    "toy-vae": {"model": "vae", "data": "ring"},
    "shapes": {"model": "vae", "data": "shapes", "width": 16, "latent_dim": 3, "data_size": 500},
}

APART = {
    "large": {
        "model": "vae",
        "data": "digits",
        "network": "custom",
        "decoder_layers": "image 8, up 32, up 32, conv 44 k7, conv 44 k7",
        "latent_dim": 3,
        "steps": 2,
        "lr": 1e-2,
    },
}
"""Made where they are asked for by name: ``large`` is too much for a browser."""


def make_runs(root: Path, *names: str) -> None:
    """Train the runs called ``names`` (all of ``RUNS`` if there is none) below ``root``."""
    for name in names or RUNS:
        RunFolder.create(root / name, small(**(RUNS | APART)[name]), title=name)
        status = run(root / name, pace=SILENT)
        assert status.state == "finished", status.reason
