"""What lies behind the map of Explore: worked out for what the browser asks, if it makes sense."""

import base64
from pathlib import Path

import numpy as np
import pytest
import torch

from genmodels.latent import fields
from genmodels.latent.plane import lattice
from pages.parts.explore import layers, moment
from pages.parts.explore.subject import Subject
from tests.explore_runs import subject


def asked(subject: Subject, kind: str, **changes: object) -> dict[str, object]:
    """What an honest browser asks of the page, but for the changes."""
    base = [0.0] * subject.latent_dim
    return {"decoder": subject.name, "kind": kind, "axes": [0, 1], "base": base, "label": 0, "step": None} | changes


@pytest.mark.parametrize("name", ["vae2", "vae12", "gan"])
def test_every_layer_that_is_offered_is_worked_out(runs: Path, name: str) -> None:
    now = subject(runs, name)
    directions = torch.eye(now.latent_dim)
    kinds = [layer.kind for layer in layers.offered(now)]
    assert kinds == ["", "decoded", "class", *(["judge"] if name == "gan" else ["density"]), "sensitivity"]
    for kind in kinds[2:]:
        found = layers.answer(now, directions, asked(now, kind))
        assert found is not None
        values = np.frombuffer(base64.b64decode(found["values"]), np.uint8)
        assert len(values) == found["side"] ** 2
        assert kind == "class" or len(set(values.tolist())) > 1  # untrained models may draw one class only
        assert {key: found[key] for key in asked(now, kind)} == asked(now, kind)


@pytest.mark.parametrize(
    "changes",
    [
        {"decoder": "another"},
        {"kind": "judge"},
        {"kind": ["class"]},
        {"kind": "decoded"},
        {"axes": [0, 2]},
        {"axes": [0, 0]},
        {"axes": [-1, 0]},
        {"axes": [0, True]},
        {"axes": "01"},
        {"base": [0.0]},
        {"base": [0.0, float("nan")]},
        {"base": [0.0, 1e9]},
        {"label": 1},
        {"label": "0"},
        {"step": 7},
        {"step": True},
        {"step": "0"},
    ],
)
def test_what_makes_no_sense_is_not_worked_out(runs: Path, changes: dict[str, object]) -> None:
    now = subject(runs, "vae2")
    assert layers.answer(now, torch.eye(2), asked(now, "density") | changes) is None
    assert layers.answer(now, torch.eye(2), None) is None


def test_layers_are_those_of_the_moment_that_is_asked_for(runs: Path) -> None:
    now = subject(runs, "vae2")
    first, end = (layers.answer(now, torch.eye(2), asked(now, "density", step=step)) for step in (0, 60))
    assert first is not None
    assert end is not None
    assert (first["step"], first["side"]) == (0, layers.SIDE_ELSEWHEN)
    assert first["high"] != end["high"]
    then = moment.at(now, 0)
    values = fields.density(then.codes, lattice(fields.middles(layers.SIDE_ELSEWHEN, now.reach)))
    assert first["high"] == f"{float(values.max()):.2g}"


def test_codes_on_one_line_have_no_density_and_a_sentence(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = subject(runs, "vae2")

    def refused(*_: object) -> torch.Tensor:
        raise ValueError("points on one line have no density in the plane")

    monkeypatch.setattr(fields, "density", refused)
    layers._worked_out.clear()
    found = layers.answer(now, torch.eye(2), asked(now, "density"))
    layers._worked_out.clear()
    assert found is not None
    assert found["note"] == "All codes lie on one line here."
    assert not any(base64.b64decode(found["values"]))


def test_a_toy_offers_no_layers(runs: Path) -> None:
    assert layers.offered(subject(runs, "toy-vae")) == []
