"""Models, checkpoints and frames on disk: whole, damaged, foreign; and the room they take."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from genmodels.data import DataSpec
from genmodels.errors import UserError
from genmodels.models import MODELS
from genmodels.models.storage import load_model, parse_spec, save_model
from genmodels.nn.mixture import GaussianMixture
from genmodels.training import folder as folder_module
from genmodels.training.files import read_tensors, write_tensors
from genmodels.training.folder import RunFolder, Status
from genmodels.training.loop import build
from genmodels.training.tracks import tracks
from tests.small_runs import dataset, same_weights, small, trainer

LARGE = {"modality": "image", "shape": [3, 128, 128], "classes": []}
SPEC = {"modality": "points", "shape": [2], "classes": []}


@pytest.fixture
def folder(tmp_path):
    return RunFolder.create(tmp_path / "run", small())


@pytest.mark.parametrize("data", ["ring", "digits"])
@pytest.mark.parametrize("model", MODELS)
def test_save_and_load_are_bit_equal(tmp_path, model, data):
    made = build(small(model, data), dataset(data))
    save_model(made, tmp_path / "m.safetensors")
    loaded = load_model(tmp_path / "m.safetensors")
    assert same_weights(made, loaded)
    assert (loaded.config, loaded.spec) == (made.config, made.spec)
    assert not loaded.training
    assert not any(p.requires_grad for p in loaded.parameters())


def test_half_precision(tmp_path):
    made = build(small(), dataset("ring"))
    save_model(made, tmp_path / "m.safetensors", half=True)
    loaded = load_model(tmp_path / "m.safetensors")
    for name, value in loaded.state_dict().items():
        assert value.dtype == torch.float32
        torch.testing.assert_close(value, made.state_dict()[name], rtol=1e-3, atol=1e-6)


def test_half_precision_spares_what_is_counted_and_gathered(tmp_path):
    made = build(small("ae"), dataset("ring"))
    mixture = next(module for module in made.modules() if isinstance(module, GaussianMixture))
    codes = torch.tensor([12.0, -8.0]) + 0.2 * torch.randn(4000, 2)
    for _ in range(200):
        mixture.update(codes, torch.Generator().manual_seed(0))
    mixture.updates.fill_(70_000)
    save_model(made, tmp_path / "m.safetensors", half=True)
    loaded = load_model(tmp_path / "m.safetensors")
    for name, value in made.named_buffers():
        assert torch.equal(loaded.get_buffer(name), value)


def with_metadata(path, **changes):
    """A saved model whose metadata are not what they were."""
    save_model(build(small(), dataset("ring")), path)
    tensors, metadata = read_tensors(path)
    write_tensors(path, tensors, metadata | changes)
    return path


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"config": None}, "object"),
        ({"config": "vae"}, "object"),
        ({"config": []}, "object"),
        ({"config": {}}, "no model"),
        ({"config": {"model": "vae", "latent_dim": 10**9}}, "latent_dim"),
        ({"config": {"model": "vae", "schema_version": 99}}, "schema version"),
        ({"config": {"model": "vae", "network": "conv", "likelihood": "gaussian"}}, "MLP"),
        ({"config": small(width=16).model_dump()}, "do not fit"),
        ({"config": small("gan").model_dump()}, "do not fit"),
        ({"config": small(data="digits", width=2048, depth=6).model_dump(), "spec": LARGE}, "million"),
        ({"spec": None}, "makes no sense"),
    ],
)
def test_metadata_that_do_not_fit(tmp_path, changes, words):
    with pytest.raises(UserError, match=words):
        load_model(with_metadata(tmp_path / "m.safetensors", **changes))


@pytest.mark.parametrize(
    "spec",
    [
        None,
        [],
        {},
        "points",
        SPEC | {"modality": "sound"},
        SPEC | {"shape": []},
        SPEC | {"shape": [3]},
        SPEC | {"shape": "2"},
        SPEC | {"shape": [2.0]},
        SPEC | {"shape": [True]},
        SPEC | {"classes": 5},
        SPEC | {"classes": [5]},
        SPEC | {"modality": "image"},
        SPEC | {"modality": "image", "shape": [2, 28, 28]},
        SPEC | {"modality": "image", "shape": [1, 0, 28]},
        SPEC | {"modality": "image", "shape": [1, 10**9, 28]},
        SPEC | {"modality": ["image"]},
    ],
)
def test_hostile_specifications(spec):
    with pytest.raises(UserError, match="makes no sense"):
        parse_spec(spec)


def test_specification():
    assert parse_spec(SPEC) == DataSpec("points", (2,))
    image = {"modality": "image", "shape": [3, 32, 32], "classes": ["cat"]}
    assert parse_spec(image) == DataSpec("image", (3, 32, 32), ("cat",))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_not_finite(tmp_path, value):
    path = tmp_path / "m.safetensors"
    made = build(small(), dataset("ring"))
    next(made.parameters()).data[0] = value
    save_model(made, path)
    with pytest.raises(UserError, match="finite"):
        load_model(path)


def foreign(path, kind):
    """A file that is not one of ours."""
    match kind:
        case "missing":
            return
        case "empty":
            path.touch()
        case "text":
            path.write_text("hello " * 100)
        case "folder":
            path.mkdir()
        case "truncated":
            save_model(build(small(), dataset("ring")), path)
            path.write_bytes(path.read_bytes()[:-10])
        case "huge header":
            path.write_bytes((2**62).to_bytes(8, "little") + b"{}")
        case "another program's":
            save_file({"x": torch.zeros(2)}, path)
        case "bad metadata":
            save_file({"x": torch.zeros(2)}, path, {"genmodels": "{"})
        case "deep metadata":
            save_file({"x": torch.zeros(2)}, path, {"genmodels": "[" * 100_000})
        case "no metadata":
            write_tensors(path, {"x": torch.zeros(2)})


FOREIGN = [
    "missing",
    "empty",
    "text",
    "folder",
    "truncated",
    "huge header",
    "another program's",
    "bad metadata",
    "deep metadata",
    "no metadata",
]


@pytest.mark.parametrize("kind", FOREIGN)
def test_foreign_models_are_refused_in_words(folder, kind):
    foreign(folder.path / "model.safetensors", kind)
    with pytest.raises(UserError) as error:
        folder.model()
    assert str(error.value).startswith("model.safetensors ")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("kind", FOREIGN[1:])
def test_foreign_checkpoints_are_refused_in_words(folder, kind):
    foreign(folder.path / "checkpoint.safetensors", kind)
    with pytest.raises(UserError, match="checkpoint"):
        folder.checkpoint()
    folder.write_status(Status(state="stopped"))
    with pytest.raises(UserError, match="checkpoint"):
        folder.reopen()
    assert folder.status().state == "stopped"


@pytest.mark.parametrize(
    "changes",
    [
        {"step": "3"},
        {"step": -1},
        {"step": None},
        {"seconds": "x"},
        {"seconds": float("inf")},
        {"config": 5},
        {"config": {}},
    ],
)
def test_hostile_checkpoint_metadata(folder, changes):
    run = trainer(small())
    folder.write_checkpoint(run.resume_point())
    path = folder.path / "checkpoint.safetensors"
    tensors, metadata = read_tensors(path)
    write_tensors(path, tensors, metadata | changes)
    with pytest.raises(UserError, match="checkpoint"):
        folder.checkpoint()


@pytest.mark.parametrize("kind", ["missing", "wrong shape", "wrong type", "bad name"])
def test_a_checkpoint_that_does_not_fit(folder, kind):
    run = trainer(small())
    run.advance()
    point = run.resume_point()
    tensors = dict(point.tensors)
    match kind:
        case "missing":
            del tensors["noise"]
        case "wrong shape":
            tensors["model/scale"] = torch.zeros(7)
        case "wrong type":
            tensors["noise"] = tensors["noise"].float()
        case "bad name":
            tensors["optimizer/vae/first/exp_avg"] = torch.zeros(1)
    path = folder.path / "checkpoint.safetensors"
    write_tensors(path, tensors, {"config": point.config.model_dump(), "step": 1, "seconds": 1.0})
    with pytest.raises(UserError, match="start the run again"):
        trainer(small(), resume=folder.checkpoint())


def test_frames(folder):
    with pytest.raises(UserError, match="nothing to show"):
        folder.frame()
    for step in (0, 5, 10):
        folder.write_frame(step, {"samples": torch.full((2, 2), step)})
    (folder.path / "frames" / "notes.safetensors").touch()
    assert folder.frames() == [0, 5, 10]
    assert folder.frame()["samples"][0, 0] == 10
    assert folder.frame(5)["samples"][0, 0] == 5
    for step in (7, -1):
        with pytest.raises(UserError):
            folder.frame(step)


def test_to_queue_a_run_again_its_weights_are_not_read(folder, monkeypatch):
    run = trainer(small())
    run.advance()
    folder.write_checkpoint(run.resume_point())
    folder.write_status(Status(state="stopped"))
    monkeypatch.setattr(folder_module, "read_tensors", lambda path: pytest.fail("the weights were read"))
    folder.reopen()
    assert (folder.status().state, folder.status().step) == ("queued", 1)


def fill(folder, frames, weights=0, size=1000):
    for step in range(frames):
        folder.write_frame(step, {"x": torch.zeros(size, dtype=torch.uint8)})
    for step in range(weights):
        write_tensors(folder.path / "weights" / f"{step:08d}.safetensors", {"x": torch.zeros(size, dtype=torch.uint8)})


@pytest.mark.parametrize("frames", [0, 1, 2, 3, 4, 50])
def test_thinning_keeps_first_and_last(folder, frames):
    fill(folder, frames, frames)
    folder.thin(0)
    kept = sorted({0, frames - 1}) if frames else []
    assert folder.frames() == folder.kept_weights() == kept


def test_thinning_keeps_the_budget_and_no_less_than_half_of_it(folder):
    fill(folder, 60, 60)
    (folder.path / "checkpoint.safetensors").write_bytes(b"x" * 20_000)
    budget = 70_000
    assert folder.size() > budget
    folder.thin(budget)
    assert budget / 2 <= folder.size() <= budget
    assert (folder.frames()[0], folder.frames()[-1]) == (0, 59)
    gaps = {b - a for a, b in zip(folder.frames()[:-2], folder.frames()[1:-1], strict=True)}
    assert len(gaps) == 1


def test_the_history_leaves_room_for_frames(folder):
    folder.append({"event": "started", "step": 0, "seconds": 0.0})
    for step in range(100):
        folder.append({"event": "step", "step": step, "seconds": step / 10, "losses": {"vae/kl": 1.0}})
        folder.append({"event": "evaluation", "step": step, "seconds": step / 10, "metrics": {"neg_elbo": 1.0}})
        if step % 50 == 25:
            folder.append({"event": "edited", "step": step, "seconds": step / 10, "changes": {"beta": 2.0}})
    fill(folder, 20, size=100)
    before, end = folder.history()
    for _ in range(10):
        folder.thin(30_000)
    events, shorter = folder.history()
    assert shorter < 30_000 / 8 < end
    assert folder.history(end) == ([], 0)
    assert len(folder.frames()) == 20
    assert [event["step"] for event in events if event["event"] == "edited"] == [25, 75]
    assert events[-2:] == before[-2:]
    steps = tracks(folder)["loss/vae/kl"].steps
    assert len(set(np.diff(steps))) == 1
    assert len(steps) > 10


def test_nothing_is_thinned_while_there_is_room(folder):
    fill(folder, 20, 5)
    folder.thin(10_000_000)
    assert len(folder.frames()) == 20
    assert len(folder.kept_weights()) == 5


def test_numbers_in_metadata_are_plain_json(tmp_path):
    path = tmp_path / "x.safetensors"
    write_tensors(path, {"x": torch.zeros(1)}, {"a": float("nan")})
    assert read_tensors(path)[1] == {"a": None}
    header = path.read_bytes()[8:].split(b"}}")[0]
    assert b"NaN" not in header
    assert json.loads(json.loads(header + b"}}")["__metadata__"]["genmodels"]) == {"a": None}
