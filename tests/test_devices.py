"""Every model on every device of this machine but its processor: the numbers are those of the processor."""

import pytest
import torch

from genmodels.errors import UserError
from genmodels.models import MODELS
from genmodels.training import events as ev
from genmodels.training.folder import RunFolder
from genmodels.training.loop import Trainer
from genmodels.training.machine import cards, choose_device, choose_precision, require_device
from genmodels.training.runner import run
from tests.small_models import DATA, KINDS, small

CARDS = cards()
on_each_card = pytest.mark.parametrize("card", CARDS)
"""Where there is none, pytest says of every test that it had nothing to run on."""
each = pytest.mark.parametrize(("model", "kind"), KINDS)


def test_auto_takes_a_card_for_pictures_only() -> None:
    assert choose_device("auto", "points").type == "cpu"
    assert choose_device("auto", "image").type == (CARDS[0] if CARDS else "cpu")


@pytest.mark.parametrize("missing", sorted({"cuda", "mps"} - set(CARDS)))
def test_a_missing_card_is_named_with_what_there_is(missing) -> None:
    for find_out in (require_device, lambda name: choose_device(name, "image")):
        with pytest.raises(UserError, match=f"no {missing} device; choose auto, cpu"):
            find_out(missing)


def test_auto_leaves_a_card_that_cannot_be_used(monkeypatch) -> None:
    def busy(*_, **__):
        raise RuntimeError("CUDA-capable device(s) is/are busy or unavailable")

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch, "zeros", busy)
    assert choose_device("auto", "image").type == "cpu"


@pytest.mark.parametrize("device", ["cpu", "cuda", "mps"])
def test_points_are_computed_in_full_precision_everywhere(device) -> None:
    assert choose_precision("auto", torch.device(device), "points") == "float32"
    assert choose_precision("bfloat16", torch.device(device), "points") == "bfloat16"


@on_each_card
@each
def test_a_run_on_a_card_begins_like_one_on_the_processor(model, kind, card) -> None:
    there, here = (Trainer(small(model, kind, device=device), DATA[kind]) for device in (card, "cpu"))
    z = here.model.prior(8, torch.Generator().manual_seed(0))
    y = here.model.labels_in_turn(8)
    with torch.no_grad():
        drawn = there.model.decode(z.to(card), None if y is None else y.to(card))
        assert drawn.device.type == card
        torch.testing.assert_close(drawn.cpu(), here.model.decode(z, y), rtol=1e-3, atol=1e-3)


@on_each_card
@each
def test_a_run_on_a_card_trains_to_its_end_and_can_go_on(model, kind, card) -> None:
    config = small(model, kind, device=card)
    trainer = Trainer(config, DATA[kind])
    happened = list(trainer.events())
    assert isinstance(happened[-1], ev.Finished)
    assert any(isinstance(event, ev.Evaluation) and event.metrics for event in happened)
    for event in happened:
        if isinstance(event, ev.Snapshot):
            assert {value.device.type for value in event.views.values()} == {"cpu"}
    again = Trainer(config, DATA[kind], resume=trainer.resume_point())
    for a, b in zip(trainer.model.state_dict().values(), again.model.state_dict().values(), strict=True):
        assert torch.equal(a, b)
    for trainer_ in (trainer, again):
        trainer_.advance()
    for a, b in zip(trainer.model.state_dict().values(), again.model.state_dict().values(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-4)


@on_each_card
@pytest.mark.parametrize("model", [model for model, entry in MODELS.items() if "image" in entry.thing.PRESETS])
def test_half_precision_stays_finite_on_a_card(model, card) -> None:
    trainer = Trainer(small(model, device=card, precision="bfloat16"), DATA["image"])
    assert isinstance(list(trainer.events())[-1], ev.Finished)
    assert not trainer.diverged


@on_each_card
@pytest.mark.parametrize("model", ["vae", "gan"])
def test_a_run_folder_of_a_card_can_be_opened_on_the_processor(model, card, tmp_path) -> None:
    folder = RunFolder.create(tmp_path / "run", small(model, device=card).changed({"data": "digits"}))
    assert run(folder.path).state == "finished"
    opened = folder.model()
    assert opened.scale.device.type == "cpu"
    assert opened.decode(opened.prior(2, torch.Generator().manual_seed(0))).isfinite().all()
