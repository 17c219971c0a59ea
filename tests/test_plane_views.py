"""What the playground draws beside points: computed at fixed places, right, and small enough for many frames."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from genmodels.data import load
from genmodels.models import preset
from genmodels.training import events as ev
from genmodels.training.events import Command
from genmodels.training.loop import PACES, Trainer
from genmodels.training.views_points import CELLS, NODES, around, lattice, mesh

TINY = {"width": 8, "depth": 1, "steps": 20, "batch_size": 16, "threads": 1, "ema": 0.0}


def trainer(model: str = "gan", data: str = "ring", **changes: object) -> Trainer:
    dataset = load(data)
    return Trainer(preset(model, data, dataset.spec, "fast", **TINY | changes), dataset)


def test_the_frame_of_a_game_holds_mesh_surface_and_pull() -> None:
    t = trainer()
    views, fixed = t.snapshot().views, t.views.fixed()
    assert views["mesh"].shape == (NODES, NODES, 2)
    assert views["surface"].shape == (CELLS, CELLS)
    assert views["pull"].shape == (200, 2)
    assert fixed["mesh_z"].shape == (NODES, NODES, 2)
    assert tuple(fixed["extent"].tolist()) == (-1.5, 1.5, -1.5, 1.5)
    assert sum(value.numel() * value.element_size() for value in views.values()) < 40_000


def test_the_surface_is_the_score_at_the_middles_of_the_cells() -> None:
    t = trainer()
    places = lattice(torch.tensor([-1.5, 1.5, -1.5, 1.5]), CELLS).view(CELLS, CELLS, 2)
    assert_close(places[0, 0], torch.tensor([-1.5 + 1.5 / CELLS] * 2))
    assert places[0, 1, 0] > places[0, 0, 0]
    assert_close(t.snapshot().views["surface"][3, 7], t.shown.score(places[3, 7][None])[0], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("loss", ["nonsaturating", "minimax", "relativistic", "wasserstein"])
def test_the_pull_is_minus_the_gradient_of_the_generators_loss(loss: str) -> None:
    t = trainer(loss=loss)
    model = t.shown
    x, real = torch.randn(4, 2), torch.randn(4, 2)
    pull = model.pull(x, real)
    nudge = 1e-2 * torch.nn.functional.normalize(pull, dim=1)
    with torch.no_grad():
        loss_at = lambda z: model.game(model.score(real), model.score(z)).generator  # noqa: E731
        slope = (loss_at(x + nudge) - loss_at(x - nudge)) / 2e-2
    assert_close(slope, -pull.norm(dim=1), rtol=0.05, atol=1e-4)


def test_arrows_pair_samples_with_real_points_under_their_own_labels() -> None:
    moons = load("moons")
    few = torch.cat([torch.where(moons.test_labels == 0)[0][:180], torch.where(moons.test_labels == 1)[0][:40]])
    uneven = replace(moons, test=moons.test[few], test_labels=moons.test_labels[few])
    t = Trainer(preset("cgan", "moons", moons.spec, "fast", **TINY | {"loss": "relativistic"}), uneven)
    model, plane = t.shown, t.views.plane
    torch.nn.init.normal_(model.label_embedding.weight)
    views, y = t.views.look(model), model.labels_in_turn(200)
    assert plane.labels.bincount().tolist() == [160, 40]
    x = views["samples"][:200].requires_grad_()
    model.game(model.score(plane.real, plane.labels), model.score(x, y)).generator.sum().backward()
    assert_close(views["pull"], -x.grad)


def test_mesh_nodes_hold_equal_shares_of_the_prior() -> None:
    line = mesh(trainer().shown)[0, :, 0].double()
    share = 0.5 * (1 + torch.erf(line / math.sqrt(2)))
    assert_close(share.diff(), torch.full_like(share[1:], 0.98 / (NODES - 1)), rtol=1e-4, atol=1e-6)
    uniform = mesh(trainer(noise="uniform").shown)[0, :, 0]
    assert_close(uniform.diff(), torch.full_like(uniform[1:], 2 * 0.98 / (NODES - 1)))


@pytest.mark.parametrize("latent_dim", [1, 2, 5])
@pytest.mark.parametrize("model", ["gan", "vae", "ae"])
def test_frames_of_any_latent_size(model: str, latent_dim: int) -> None:
    t = trainer(model, latent_dim=latent_dim)
    views = t.snapshot().views
    assert views["mesh"].shape == ((1, 201, 2) if latent_dim == 1 else (NODES, NODES, 2))
    if model != "gan":
        assert views["posterior_mu"].shape == (300, min(2, latent_dim))
        assert ("posterior_sigma" in views) == (model == "vae")


def test_a_move_of_d_shifts_its_surface_and_leaves_the_samples() -> None:
    t = trainer()
    before = t.snapshot().views
    t.advance("discriminator")
    after = t.snapshot().views
    assert not torch.equal(before["surface"], after["surface"])
    assert torch.equal(before["samples"], after["samples"])
    assert torch.equal(before["mesh"], after["mesh"])


def test_looking_changes_nothing() -> None:
    watched, alone = trainer(), trainer()
    for _ in range(3):
        watched.snapshot()
        watched.advance()
        alone.advance()
    pairs = zip(watched.model.parameters(), alone.model.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)


def test_reports_tell_the_length_of_each_gradient() -> None:
    t = trainer()
    t.advance()
    gradients = t.gradients["discriminator"]
    report = t._report()
    assert isinstance(report, ev.Step)
    length = float(torch.cat([g.flatten() for g in gradients]).norm())
    assert report.losses["discriminator/gradient"] == pytest.approx(length, rel=1e-5)
    t.advance("generator")
    assert "discriminator/gradient" not in t._report().losses


def test_speed_is_a_wish_that_is_checked() -> None:
    t = trainer()
    for wrong in (0, -1, "fast", float("inf"), float("nan")):
        t.inbox.append(Command("speed", {"steps_per_second": wrong}))
    t.inbox.append(Command("speed", {"steps_per_second": 200}))
    told = list(t.events())
    assert sum(isinstance(event, ev.Refused) for event in told) == 5
    assert t.interval == pytest.approx(1 / 200)


def test_points_are_shown_more_often_than_images() -> None:
    assert PACES["points"].snapshot < PACES["image"].snapshot


def test_a_square_around_points_holds_them() -> None:
    x = torch.tensor([[0.0, 5.0], [2.0, 6.0]])
    left, right, bottom, top = around(x)
    assert right - left == pytest.approx(top - bottom)
    assert np.all([left < 0, right > 2, bottom < 5, top > 6])
