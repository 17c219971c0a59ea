"""A run as code on ``genmodels``: what trains it again, and what draws its picture, as a script or a notebook."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from genmodels.config import RunConfig
from genmodels.errors import UserError
from genmodels.export.base import EXPORTS, file_name
from genmodels.jsontext import to_json
from genmodels.models.base import MODELS
from genmodels.registry import Card
from genmodels.training.folder import RunFolder
from genmodels.training.store import bundled_root

SHOWN = 64
"""Samples in the picture."""


@dataclass(frozen=True)
class Section:
    """A step of the code: one sentence, and the lines that do it."""

    words: str
    code: str


@EXPORTS.register(
    "python",
    Card("Python", "A script on genmodels that trains this run again and draws the same samples.", "code"),
    stem="run", suffix=".py", mime="text/x-python", needs="run.json",
)  # fmt: skip
def python(folder: RunFolder) -> bytes:
    """Same settings, same seed; on one thread of the same machine the same run, bit for bit."""
    return script(_run(folder)).encode()


@EXPORTS.register(
    "picture",
    Card("Picture code", "A script on genmodels that draws this very picture from the trained model.", "code"),
    stem="picture", suffix=".py", mime="text/x-python", needs="model.safetensors",
)  # fmt: skip
def picture(folder: RunFolder) -> bytes:
    """The samples of the page from the weights of the run, and nothing trained."""
    return script(_picture(folder)).encode()


@EXPORTS.register(
    "notebook",
    Card("Notebook", "The same as a Jupyter notebook, step by step.", "code"),
    stem="run", suffix=".ipynb", mime="application/x-ipynb+json", needs="run.json",
)  # fmt: skip
def notebook(folder: RunFolder) -> bytes:
    """A notebook, format 4.5, with a cell of words and a cell of code for each step; nothing in it is run yet."""
    cells: list[dict[str, Any]] = []
    for number, section in enumerate(_run(folder)):
        cells.append(_cell("markdown", f"words-{number}", section.words))
        cells.append(_cell("code", f"code-{number}", section.code) | {"execution_count": None, "outputs": []})
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    values = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return to_json(values).encode()


def _cell(kind: str, name: str, source: str) -> dict[str, Any]:
    return {"cell_type": kind, "id": name, "metadata": {}, "source": source.splitlines(keepends=True)}


def script(sections: Sequence[Section]) -> str:
    """The sections below each other, their words as comments."""
    return "\n\n".join(f"# {section.words}\n{section.code}" for section in sections) + "\n"


def _run(folder: RunFolder) -> list[Section]:
    config = _portable(folder)
    return [
        Section(
            f"{MODELS[config.model].card.title} on {config.data!r}, as it was trained in genmodels studio.",
            "from pathlib import Path\n\n"
            "import torch\n\n"
            "from genmodels.config import parse\n"
            "from genmodels.data import data_of\n"
            "from genmodels.training import Evaluation, Trainer",
        ),
        Section("Its settings; what is left out has its usual value.", f"config = parse({settings(config)})"),
        Section(
            "The data, the held-out part left aside.",
            "data = data_of(config)",
        ),
        Section(
            f"Training{_edited(folder, config)}.",
            "trainer = Trainer(config, data)\n"
            "for event in trainer.events():\n"
            "    if isinstance(event, Evaluation):\n"
            "        print(event.step, event.metrics)\n"
            "model = trainer.shown",
        ),
        Section("Samples, from the noise that the page shows.", _drawing(config)),
    ]


def _picture(folder: RunFolder) -> list[Section]:
    config = folder.config()
    if not (folder.path / "model.safetensors").is_file():
        raise UserError("This run has no weights yet; give it a few seconds.")
    if folder.path.parent == bundled_root():
        source = f'bundled_root() / "{folder.id}/model.safetensors"'
        more = "from genmodels.training.store import bundled_root\n"
    else:
        source, more = f'Path("{file_name(folder, "safetensors")}")', ""
    return [
        Section(
            "A picture by a model that was trained in genmodels studio.",
            "from pathlib import Path\n\n"
            "import torch\n\n"
            "from genmodels.models.storage import load_model\n"
            f"{more.rstrip()}",
        ),
        Section(
            "The weights that come with genmodels." if more else "The weights: the file from Export, Model.",
            f"model = load_model({source})",
        ),
        Section("Samples, from the noise that the page shows.", _drawing(config)),
    ]


def _drawing(config: RunConfig) -> str:
    drawn = (
        f"z = model.prior({SHOWN}, torch.Generator().manual_seed({config.seed}))\n"
        f"samples = model.decode(z, model.labels_in_turn({SHOWN}))\n"
    )
    points = '    Path("samples.csv").write_text("".join(f"{x},{y}\\n" for x, y in samples.tolist()))\n'
    return (
        "from genmodels.plots.grid import save_grid\n\n"
        f"{drawn}"
        'if model.spec.modality == "image":\n'
        '    save_grid(samples, Path("samples.png"))\n'
        f"else:\n{points.rstrip()}"
    )


def settings(config: RunConfig) -> str:
    """The settings as a Python literal: what differs from the usual values, and the names.

    >>> from genmodels.config import parse
    >>> print(settings(parse({"model": "vae", "seed": 3})))
    {
        'model': 'vae',
        'data': 'digits',
        'seed': 3,
    }
    """
    values = {"model": config.model, "data": config.data} | config.model_dump(exclude_defaults=True)
    return "{\n" + "".join(f"    {name!r}: {value!r},\n" for name, value in values.items()) + "}"


def _portable(folder: RunFolder) -> RunConfig:
    config = folder.config()
    if config.data.startswith("upload:"):
        raise UserError("This run learned from uploaded data, which code elsewhere cannot load; take the whole run.")
    return config


def _edited(folder: RunFolder, config: RunConfig) -> str:
    """What was turned in mid-run: the settings hold its last values from the start."""
    changes = (event.get("changes") for event in folder.events() if event.get("event") == "edited")
    # Only names that are settings: whatever else stands in a file must not become part of a program.
    names = {
        name for change in changes if isinstance(change, dict) for name in change if name in type(config).model_fields
    }
    told = ", ".join(sorted(names))
    return f" (in mid-run {told} was changed; here the last value holds from the start)" if told else ""
