"""A few small runs to explore, as the app would have left them, and the way to look at them without a browser."""

from pathlib import Path

import torch
from streamlit.testing.v1 import AppTest

from genmodels.data import spec_of
from genmodels.models import MODELS
from genmodels.training.folder import RunFolder, Status
from genmodels.training.runner import run
from pages.parts.explore.subject import Subject, open_subject, version
from tests.small_runs import SILENT, small

ROOT = Path(__file__).parents[1]
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


def make_runs(root: Path, *names: str) -> None:
    """Train the runs called ``names`` (all if there is none) below ``root``."""
    for name in names or RUNS:
        RunFolder.create(root / name, small(**RUNS[name]), title=name)
        status = run(root / name, pace=SILENT)
        assert status.state == "finished", status.reason


def make_large(folder: Path) -> None:
    """A run whose decoder is too large for a browser, and in which every step through the latent space is seen.

    Nobody has trained it: that would take long.
    """
    layers = {"network": "custom", "decoder_layers": "linear 2600, linear 2400"}
    config = small("vae", "digits", latent_dim=3, **layers)
    torch.manual_seed(0)
    model = MODELS[config.model].thing(config, spec_of(config.data))
    with torch.no_grad():
        model.decoder[0].weight.mul_(100)
    run = RunFolder.create(folder, config, title=folder.name)
    run.write_model(model)
    run.write_status(Status(state="finished", progress=1.0))


def visit(**parameters: str) -> AppTest:
    """The Explore page with these parameters in its address."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    at.switch_page("pages/explore.py")
    for name, value in parameters.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception
    return at


def subject(root: Path, name: str) -> Subject:
    """The run called ``name`` below ``root``, as the page opens it."""
    folder = RunFolder(root / name)
    return open_subject(folder, version(folder))


def parameter(at: AppTest, name: str) -> str | None:
    """What the address says, None where it says nothing."""
    values = at.query_params.get(name)
    return values[0] if isinstance(values, list) else values
