"""Taking runs away: every file read again by whoever would read it, and the code executed."""

import csv
import io
import json
import shutil
import struct
import zipfile
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest
from tensorboardX.proto.event_pb2 import Event

from genmodels.data import spec_of
from genmodels.errors import UserError
from genmodels.export import EXPORTS, file_name
from genmodels.export.networks import decoder_onnx, encoder_onnx
from genmodels.export.pictures import circles
from genmodels.models import MODELS, Model, preset
from genmodels.models.storage import load_model
from genmodels.training.folder import RunFolder
from genmodels.training.runner import run
from genmodels.training.tracks import rows, tracks
from pages.parts import take_away
from tests.small_runs import EVERY_STEP, same_weights, small, trained


def made(root: Path, name: str, **changes: object) -> RunFolder:
    folder = RunFolder.create(root / name, small(**changes), owner="somebody", title=name)
    assert run(folder.path, pace=EVERY_STEP).state == "finished"
    return folder


@pytest.fixture(scope="module")
def vae(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return made(tmp_path_factory.mktemp("runs"), "vae run", model="vae", data="digits", steps=4, seed=3)


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return made(tmp_path_factory.mktemp("runs"), "ring", model="gan", data="ring", steps=4)


def export(folder: RunFolder, what: str) -> bytes:
    return EXPORTS[what].thing(folder)


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


# ---------------------------------------------------------------------- numbers


def test_the_table_holds_every_number_of_the_history(vae: RunFolder) -> None:
    lines = list(csv.DictReader(io.StringIO(export(vae, "csv").decode())))
    events, _ = vae.history()
    steps = [event for event in events if event["event"] == "step"]
    told = [line for line in lines if line["loss/vae/kl"]]
    assert [int(line["step"]) for line in told] == [event["step"] for event in steps] == [1, 2, 3, 4]
    assert [float(line["loss/vae/kl"]) for line in told] == [event["losses"]["vae/kl"] for event in steps]
    measured = [event["metrics"] for event in events if event["event"] == "evaluation"]
    assert [float(line["quality/neg_elbo"]) for line in lines if line["quality/neg_elbo"]] == [
        metrics["neg_elbo"] for metrics in measured
    ]
    assert float(lines[-1]["quality/classes/9"]) == measured[-1]["classes"][9]


def test_what_a_resumed_run_went_through_twice_is_told_once(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run", small())
    line = {"event": "step", "seconds": 1.0, "losses": {"vae/kl": 1.0, "bad": "text", "worse": float("nan")}}
    for step in (1, 2, 3):
        folder.append(line | {"step": step})
    folder.append({"event": "started", "step": 2, "seconds": 1.0})
    folder.append(line | {"step": 3, "losses": {"vae/kl": 7.0}})
    folder.append({"event": "step", "step": "x", "seconds": None, "losses": [1]})
    assert [row[0] for row in rows(folder)] == [1, 2, 3]
    assert tracks(folder)["loss/vae/kl"].values.tolist() == [1, 1, 7]
    assert list(tracks(folder)) == ["loss/vae/kl"]


def crc32c(data: bytes) -> int:
    """Castagnoli's checksum, bit by bit, masked as TFRecord has it."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 & -(crc & 1))
    crc ^= 0xFFFFFFFF
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def records(content: bytes) -> list[Event]:
    """The records of a TFRecord file, their checksums tested."""
    found = []
    while content:
        (length,) = struct.unpack("<Q", content[:8])
        body = content[12 : 12 + length]
        assert struct.unpack("<I", content[8:12]) == (crc32c(content[:8]),)
        assert struct.unpack("<I", content[12 + length : 16 + length]) == (crc32c(body),)
        found.append(Event.FromString(body))
        content = content[16 + length :]
    return found


def test_tensorboard_reads_the_same_numbers(vae: RunFolder) -> None:
    ((name, content),) = parts(export(vae, "tensorboard")).items()
    assert name.startswith("vae-run/events.out.tfevents.")
    scalars = [(e.step, v.tag, v.simple_value) for e in records(content) for v in e.summary.value]
    kl = [(step, value) for step, tag, value in scalars if tag == "loss/vae/kl"]
    expected = tracks(vae)["loss/vae/kl"]
    assert [step for step, _ in kl] == expected.steps.tolist()
    np.testing.assert_allclose([value for _, value in kl], expected.values, rtol=1e-6)


# ---------------------------------------------------------------------- pictures


def test_the_samples_are_those_of_the_page(vae: RunFolder) -> None:
    picture = np.asarray(Image.open(io.BytesIO(export(vae, "png"))))
    first = vae.frame()["samples"][0, 0].numpy()
    np.testing.assert_array_equal(picture[: 28 * 3 : 3, : 28 * 3 : 3, 0], first)
    assert picture.shape == (8 * 29 * 3, 8 * 29 * 3, 3)


def test_points_are_drawn_as_a_picture(ring: RunFolder) -> None:
    picture = Image.open(io.BytesIO(export(ring, "png")))
    assert picture.size == (640, 640)
    assert len(picture.getcolors()) == 2


def test_the_walk_comes_back_to_where_it_began(vae: RunFolder) -> None:
    walk = Image.open(io.BytesIO(export(vae, "gif")))
    assert walk.n_frames == 48
    path = circles(vae.model(), cells=200, frames=64)
    steps = (path.roll(-1, 0) - path).norm(dim=2)
    assert float(steps[-1].max()) < 2 * float(steps.mean(0).max())
    # a cos + b sin of independent standard normals is standard normal at every t.
    assert torch.allclose(path.std((1, 2)), torch.ones(64), atol=0.2)


def test_a_walk_keeps_to_codes_that_the_prior_knows() -> None:
    """InfoGAN's first codes are even between -1 and 1: the sum of two would leave them."""
    config = preset("infogan", "digits", spec_of("digits"), latent_dim=8, categories=0, continuous=8, width=8)
    path = circles(MODELS["infogan"].thing(config, spec_of("digits")), cells=50)
    assert float(path.abs().max()) <= 1
    torch.testing.assert_close(path[1], path[-1])


def test_points_have_no_walk(ring: RunFolder) -> None:
    with pytest.raises(UserError, match="points"):
        export(ring, "gif")


# ---------------------------------------------------------------------- networks


def test_the_model_file_is_the_model(vae: RunFolder, tmp_path: Path) -> None:
    file = tmp_path / file_name(vae, "safetensors")
    file.write_bytes(export(vae, "safetensors"))
    assert same_weights(load_model(file), vae.model())


@pytest.mark.parametrize("name", ["vae", "cgan"])
def test_onnx_equals_torch(name: str) -> None:
    """In onnxruntime, for a batch of another size than it was exported with."""
    model: Model = trained(small(name, "digits", steps=2)).shown.eval()
    y = model.labels_in_turn(7)
    z, x = model.prior(7, torch.Generator().manual_seed(1)), torch.rand(7, 1, 28, 28)
    given = {} if y is None else {"y": y.numpy()}
    with torch.no_grad():
        (decoded,) = onnxruntime.InferenceSession(decoder_onnx(model)).run(None, {"z": z.numpy()} | given)
        np.testing.assert_allclose(decoded, model.decode(z, y).numpy(), atol=2e-5)
        if model.encodes:
            codes = onnxruntime.InferenceSession(encoder_onnx(model)).run(None, {"x": x.numpy()} | given)
            for ours, theirs in zip([part for part in model.encode(x, y) if part is not None], codes, strict=True):
                np.testing.assert_allclose(theirs, ours.numpy(), atol=2e-5)


def test_an_encoder_that_onnx_cannot_say_is_left_out_in_words() -> None:
    model: Model = trained(small("vq-vae", "digits", steps=2)).shown.eval()
    with pytest.raises(UserError, match="any number of samples"):
        encoder_onnx(model)


def test_onnx_of_a_run_says_what_it_is(ring: RunFolder) -> None:
    found = parts(export(ring, "onnx"))
    assert list(found) == ["decoder.onnx", "about.json"]  # a GAN has no encoder
    assert json.loads(found["about.json"])["latent_dim"] == 2


# ---------------------------------------------------------------------- code


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def grid(file: Path) -> np.ndarray:
    return np.asarray(Image.open(file))


def test_the_script_trains_the_same_run_again(vae: RunFolder, elsewhere: Path) -> None:
    exec(export(vae, "python").decode(), {})
    (elsewhere / "page.png").write_bytes(export(vae, "png"))
    np.testing.assert_array_equal(grid(elsewhere / "samples.png"), grid(elsewhere / "page.png"))


def test_the_picture_is_drawn_again_without_training(vae: RunFolder, elsewhere: Path) -> None:
    (elsewhere / file_name(vae, "safetensors")).write_bytes(export(vae, "safetensors"))
    exec(export(vae, "picture").decode(), {})
    (elsewhere / "page.png").write_bytes(export(vae, "png"))
    np.testing.assert_array_equal(grid(elsewhere / "samples.png"), grid(elsewhere / "page.png"))


def test_the_notebook_runs_cell_by_cell(ring: RunFolder, elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = json.loads(export(ring, "notebook"))
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in book["cells"]}) == len(book["cells"])
    names: dict[str, object] = {}
    for cell in book["cells"]:
        assert set(cell) >= {"cell_type", "id", "metadata", "source"}
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    assert "js" in capsys.readouterr().out
    assert names["config"] == ring.config()
    points = np.loadtxt(elsewhere / "samples.csv", delimiter=",")
    np.testing.assert_allclose(points, ring.frame()["samples"][:64].numpy(), atol=1e-5)


def test_nothing_of_a_file_becomes_part_of_the_program(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run", small().changed({"data": "ring' + evil()\n"}), title="\nevil()")
    folder.append({"event": "edited", "step": 1, "seconds": 1.0, "changes": {"beta": 2, "\nevil()": 1}})
    code = export(folder, "python").decode()
    assert "beta was changed" in code
    assert not any(line.strip().startswith("evil") for line in code.splitlines())
    compile(code, "snippet", "exec")


@pytest.mark.parametrize("what", list(EXPORTS))
def test_a_run_that_has_nothing_yet_is_refused_in_words(what: str, tmp_path: Path) -> None:
    with pytest.raises(UserError):
        export(RunFolder(tmp_path), what)
    young = RunFolder.create(tmp_path / "run", small())
    if EXPORTS[what].extra["needs"] != "run.json":
        with pytest.raises(UserError):
            export(young, what)


def offered(folder: RunFolder) -> dict[str, bool]:
    """The buttons of Export, and whether each can be pressed."""

    def page(path: str) -> None:
        from pathlib import Path

        from genmodels.training.folder import RunFolder
        from pages.parts.take_away import files

        files(RunFolder(Path(path)))

    at = AppTest.from_function(page, args=(str(folder.path),), default_timeout=30).run()
    assert not at.exception
    return {button.label: not button.disabled for button in at.get("download_button")}


def test_what_a_damaged_model_does_not_concern_can_still_be_taken_away(vae: RunFolder, tmp_path: Path) -> None:
    folder = RunFolder(shutil.copytree(vae.path, tmp_path / "run"))
    (folder.path / "model.safetensors").write_bytes(b"damaged")
    assert offered(folder)["Numbers"]
    assert offered(folder)["Walk"]
    (folder.path / "fixed.safetensors").unlink()
    assert not offered(folder)["Walk"]


def test_a_new_family_of_files_needs_no_icon(ring: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(take_away, "ICONS", {})
    buttons = offered(ring)
    assert len(buttons) == len(EXPORTS)
    assert [label for label, there in buttons.items() if not there] == ["Walk"]  # of points


def test_every_kind_says_what_it_is() -> None:
    assert set(EXPORTS) >= {"csv", "png", "gif", "safetensors", "onnx", "tensorboard", "zip", "python", "notebook"}
    for entry in EXPORTS.values():
        assert entry.extra["suffix"].startswith(".")
        assert "/" in entry.extra["mime"]
