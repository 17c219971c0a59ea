"""Make the bundled runs: train each through the public command line, keep what is needed to show and explore it.

``python -m genmodels.bundled [name ...]`` (a few minutes). Each keeps its configuration, history, a few frames, the
last and a few early weights (float16), and ``walk.jpg``: a sheet of frames for the Home page, in which a
grid of samples walks through the latent space on closed loops.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from math import pi
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from genmodels.models.base import Model
from genmodels.models.storage import save_model
from genmodels.plots.grid import encode, tile
from genmodels.training.files import write_json
from genmodels.training.folder import RunFolder
from genmodels.training.moments import milestones
from genmodels.training.store import bundled_root

PLANE = "--set latent_dim=2 --set depth=2 --set width=256 --set lr=2e-3 --steps 4000"
LONG = "--preset good --set width=32 --steps 12000"
RUNS = {
    "vae-digits": f"--model vae --data digits {PLANE}",
    "gan-digits": f"--model gan --data digits {LONG}",
    "vae-fashion": f"--model vae --data fashion {PLANE}",
    "gan-fashion": f"--model gan --data fashion {LONG}",
}
"""Name -> how it is trained; codes of two numbers can be drawn as a map."""
FRAMES, ROWS, COLUMNS = 60, 4, 7
SHEET_COLUMNS = 6
MOST_LINES = 400
MOMENTS = 8
"""Lines of the history and frames that are kept, at most."""
EARLY = {"vae-digits": 2, "vae-fashion": 2, "gan-digits": 3, "gan-fashion": 3}
"""Moments whose weights are kept beside the last: half a megabyte to a megabyte each, so only few."""


def make(name: str, arguments: list[str], target: Path) -> None:
    """Train one run in a temporary folder and keep its lasting part in ``target``."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / name
        subprocess.run([sys.executable, "-m", "genmodels", "train", *arguments, "--out", str(out)], check=True)
        shutil.rmtree(target, ignore_errors=True)
        keep(RunFolder(out), target)


def keep(trained: RunFolder, target: Path) -> None:
    """Copy what lasts: nothing of the process that made it, a few frames, a thinned history, weights as float16.

    Weights of every moment would be several megabytes a run: of those only the last and a few ``EARLY`` ones are kept.
    """
    for part in ("frames", "weights"):
        (target / part).mkdir(parents=True)
    for step in milestones(trained.kept_weights()[1:], EARLY.get(target.name, 0) + 2)[1:-1]:
        shutil.copyfile(trained.weights(step), RunFolder(target).weights(step))
    frames = [f"frames/{step:08d}.safetensors" for step in milestones(trained.frames(), MOMENTS)]
    for part in ("run.json", "fixed.safetensors", *frames):
        (target / part).write_bytes((trained.path / part).read_bytes())
    here = {"pid": 0, "born": "", "host": "", "heartbeat": 0.0}
    write_json(target / "status.json", json.loads((trained.path / "status.json").read_text()) | here)
    (target / "history.jsonl").write_bytes(
        b"".join(thinned((trained.path / "history.jsonl").read_bytes().splitlines(True)))
    )
    model = trained.model()
    save_model(model, target / "model.safetensors", half=True)
    (target / "walk.jpg").write_bytes(encode(walk_sheet(model), "jpeg"))
    write_json(target / "walk.json", {"frames": FRAMES, "columns": SHEET_COLUMNS})


def thinned(lines: list[bytes]) -> list[bytes]:
    """At most about ``MOST_LINES`` lines, the first and the last of each kind among them."""
    every = max(1, len(lines) // MOST_LINES)
    last = {json.loads(line)["event"]: i for i, line in enumerate(lines)}
    return [line for i, line in enumerate(lines) if i % every == 0 or i in last.values()]


def loops(latent_dim: int) -> Tensor:
    """Codes of the walk ``[FRAMES, cells, latent_dim]``: each cell circles through the prior's typical set.

    With two dimensions the cells sit on circles of different radius; with more, each has a plane of its own.
    """
    generator = torch.Generator().manual_seed(7)
    cells = ROWS * COLUMNS
    angle = 2 * pi * torch.arange(FRAMES) / FRAMES
    phase = 2 * pi * torch.rand(cells, generator=generator)
    a = torch.randn(cells, latent_dim, generator=generator)
    b = torch.randn(cells, latent_dim, generator=generator)
    t = angle[:, None, None] + phase[None, :, None]
    return torch.cos(t) * a + torch.sin(t) * b


def walk_sheet(model: Model) -> np.ndarray:
    """All frames of the walk in one picture, ``SHEET_COLUMNS`` beside each other."""
    frames = []
    for z in loops(model.config.latent_dim):
        images = (model.decode(z) * 255).round().to(torch.uint8)
        frames.append(torch.from_numpy(tile(images, COLUMNS)).permute(2, 0, 1))
    return tile(torch.stack(frames), SHEET_COLUMNS)


if __name__ == "__main__":
    for wanted in sys.argv[1:] or RUNS:
        make(wanted, RUNS[wanted].split(), bundled_root() / wanted)
