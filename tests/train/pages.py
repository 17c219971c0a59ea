"""The Train page as its tests open and read it, a pool that never works, and what runs show and say."""

import re
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import torch
from streamlit.testing.v1 import AppTest

from genmodels.data import spec_of
from genmodels.training.folder import RunFolder

ROOT = Path(__file__).parents[2]
OWNER, STRANGER = "a" * 32, "b" * 32
Make = Callable[..., RunFolder]


class Idle:
    """A pool in which nothing ever begins."""

    def __init__(self) -> None:
        self.jobs: list[tuple[Any, ...]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **keywords: Any) -> Future:
        self.jobs.append(args)
        return Future()

    def cancel(self, *arguments: Any) -> bool:
        waited = arguments in self.jobs
        self.jobs = [job for job in self.jobs if job != arguments]
        return waited

    def waiting(self) -> list[tuple[Any, ...]]:
        return self.jobs

    def running(self) -> list[tuple[Any, ...]]:
        return []


def plain(key: object) -> str:
    """The key of a control without the turn it is in."""
    return re.sub(r"-\d+(?=$|-reset$)", "", str(key))


def control(at: AppTest, kind: str, name: str) -> Any:
    """The control of that name, whichever turn it is in."""
    return next(widget for widget in at.get(kind) if plain(widget.key) == name)


def page(owner: str = OWNER, **parameters: str) -> AppTest:
    """The Train page at an address, as the owner of a cookie sees it."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.session_state["_owner_id"] = owner
    at.session_state["_wanted_page"] = ("pages/train.py", {name: [value] for name, value in parameters.items()})
    at.run()
    assert not at.exception
    return at


def words(at: AppTest) -> str:
    """Everything the page says."""
    said = (at.title, at.markdown, at.caption, at.html, at.info, at.warning, at.error)
    return "\n".join(str(element.value) for kind in said for element in kind)


def buttons(at: AppTest) -> set[str]:
    return {button.label for button in at.button if button.label}


def fixed(data: str) -> dict[str, torch.Tensor]:
    shape = spec_of(data).shape
    originals = torch.zeros(16, *shape, dtype=torch.uint8) if len(shape) == 3 else torch.zeros(100, 2)
    return {"z": torch.zeros(64, 4), "originals": originals, "labels": torch.arange(50) % 8}


def frame(model: str, data: str) -> dict[str, torch.Tensor]:
    shape = spec_of(data).shape
    images = len(shape) == 3
    views = {"samples": torch.zeros(64, *shape, dtype=torch.uint8) if images else torch.zeros(100, 2)}
    if model == "vae":
        views["codes"] = torch.randn(50, 2)
        views["reconstructions"] = torch.zeros(16, *shape, dtype=torch.uint8) if images else torch.zeros(100, 2)
    else:
        views["score_real"], views["score_fake"] = torch.randn(50), torch.randn(64)
    return views


def history(model: str) -> list[dict[str, Any]]:
    losses = {
        "vae": {"vae/reconstruction": 120.0, "vae/kl": 20.0},
        "gan": {"discriminator/loss": 0.6, "discriminator/real": 0.7},
    }
    metrics = {"vae": {"neg_elbo": 140.0, "kl_per_dim": [1.0, 0.0]}, "gan": {"kid": 0.6, "coverage": 0.25}}
    return [
        {"event": "started", "step": 0, "seconds": 0.0, "parameters": {}, "threads": 1, "precision": "float32"},
        {"event": "step", "step": 10, "seconds": 1.0, "losses": losses[model]},
        {"event": "edited", "step": 15, "seconds": 1.2, "changes": {"beta": 4.0} if model == "vae" else {"gamma": 2.0}},
        {"event": "refused", "step": 16, "seconds": 1.3, "reason": "That cannot be <b>done</b>."},
        {"event": "step", "step": 20, "seconds": 2.0, "losses": losses[model]},
        {"event": "evaluation", "step": 20, "seconds": 2.0, "metrics": metrics[model]},
    ]
