"""Fixtures: a store in which nothing ever begins, and runs put there in any state."""

from pathlib import Path
from typing import Any

import pytest

from genmodels.data import spec_of
from genmodels.models import preset
from genmodels.training.folder import RunFolder, Status
from genmodels.training.store import RunStore, owner_key
from pages.parts import studio
from tests.train.pages import OWNER, Idle, Make, fixed, frame, history


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    runs = RunStore(tmp_path / "runs", Idle())
    monkeypatch.setattr(studio, "store", lambda: runs)
    return runs


@pytest.fixture
def make(store: RunStore) -> Make:
    """Put a run into the store, in the state and with the views that are asked for."""

    def run(
        state: str, model: str = "vae", data: str = "digits", *, owner: str = OWNER, name: str = "", **rest: Any
    ) -> RunFolder:
        config = preset(model, data, spec_of(data), "fast", latent_dim=4)
        path = store.root / (name or f"{state}-{model}-{data}")
        folder = RunFolder.create(path, config, owner=owner_key(owner), title=f"{model} {state}")
        folder.write_fixed(fixed(data))
        folder.write_frame(10, frame(model, data))
        for line in history(model):
            folder.append(line)
        folder.write_status(Status(state=state, step=20, progress=0.5, samples_per_second=1234.0, **rest))
        return folder

    return run
