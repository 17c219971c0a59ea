"""The Explore page without a browser: every kind of run, every section, the plain controls, and what goes wrong."""

import base64
import io
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors import safe_open
from streamlit.testing.v1 import AppTest

from genmodels.latent.prior import truncated
from genmodels.training.folder import RunFolder, Status
from genmodels.training.runner import run as train
from pages.parts.explore import atlas, factors, point
from pages.parts.explore import subject as module
from pages.parts.explore.sections import SECTIONS
from tests.defaults import wrong_defaults
from tests.explore_runs import RUNS, parameter, subject, visit
from tests.small_runs import SILENT, small


def plainly(at: AppTest) -> AppTest:
    at.toggle(key="explore-plain").set_value(True).run()
    assert not at.exception
    return at


@pytest.mark.parametrize("name", RUNS)
def test_every_section_of_every_kind_of_run(runs: Path, name: str) -> None:
    at = visit(run=name)
    for section in SECTIONS:
        at.query_params["show"] = section
        at.run()
        assert [*at.exception, *at.warning, *at.error] == [], section
        assert at.selectbox(key="explore-run").value == name
        assert wrong_defaults(at) == {}, section


def test_only_pictures_from_known_factors_are_held_against_them(runs: Path) -> None:
    assert "Factors" in str(visit(run="shapes").get("button_group")[0].options)
    assert "Factors" not in str(visit(run="vae2").get("button_group")[0].options)


def test_a_slider_is_held_against_each_factor(runs: Path) -> None:
    at = visit(run="shapes", show="factors")
    names = [metric.label for metric in at.metric]
    assert names == ["MIG", "Disentanglement", "Completeness", "Informativeness"]
    assert all(0 <= float(metric.value) <= 1 for metric in at.metric)
    at.button_group(key="explore-factor").set_value("rotation").run()
    assert not at.exception
    assert "“rotation”" in at.caption[-1].value


def test_a_factor_is_swept_over_its_range_and_a_level_stays_for_its_share(runs: Path) -> None:
    subject_ = subject(runs, "shapes")
    moved = factors.swept(subject_, 3).float()
    line = torch.arange(32.0)
    across = (moved[:, 0].sum(1) * line).sum(1) / moved.sum((1, 2, 3))
    assert bool((across.diff() > 1).all())
    kinds = factors.swept(subject_, 0)
    assert torch.equal(kinds[0], kinds[2])
    assert not torch.equal(kinds[2], kinds[3])


def test_a_gan_says_why_it_reconstructs_nothing(runs: Path) -> None:
    assert "no encoder" in visit(run="gan", show="reconstruct").info[0].value


def test_a_toy_has_no_map_of_pictures(runs: Path) -> None:
    at = visit(run="toy-vae", show="map")
    control = at.get("button_group")[0]
    assert "Map" not in str(control.options)


def test_the_first_run_is_opened_where_none_is_asked_for(runs: Path) -> None:
    at = visit()
    assert at.selectbox(key="explore-run").value in RUNS
    assert at.session_state["_explore_point"].seed == 0


def test_the_back_button_takes_back_a_throw(runs: Path) -> None:
    at = visit(run="vae2")
    first = at.session_state["_explore_point"]
    at.button(key="explore-dice").click().run()
    thrown = at.session_state["_explore_point"]
    at.run()
    assert at.session_state["_explore_point"] == thrown
    del at.query_params["seed"]
    at.run()
    assert (at.session_state["_explore_point"].z, parameter(at, "seed")) == (first.z, None)


def test_another_run_is_picked(runs: Path) -> None:
    at = visit(run="vae2", seed="5", z="0.5_0.5")
    at.selectbox(key="explore-run").set_value("gan").run()
    assert not at.exception
    assert parameter(at, "run") == "gan"
    assert parameter(at, "z") is None


def test_dice_and_centre_move_the_point(runs: Path) -> None:
    at = visit(run="vae2")
    before = at.session_state["_explore_point"]
    at.button(key="explore-dice").click().run()
    thrown = at.session_state["_explore_point"]
    assert thrown.z != before.z
    assert thrown.revision > before.revision
    assert parameter(at, "seed") == str(thrown.seed)
    expected = truncated(subject(runs, "vae2").model, 1, 1.0, thrown.seed)[0]
    torch.testing.assert_close(torch.tensor(thrown.z), expected, atol=6e-4, rtol=0)
    at.button(key="explore-centre").click().run()
    assert at.session_state["_explore_point"].z == (0.0, 0.0)
    assert parameter(at, "z") == "0_0"


def test_a_seed_is_always_the_same_point(runs: Path) -> None:
    at = visit(run="vae12")
    at.number_input(key="explore-seed").set_value(77).run()
    assert at.session_state["_explore_point"].z == visit(run="vae12", seed="77").session_state["_explore_point"].z


@pytest.mark.parametrize("name", RUNS)
def test_plain_sliders_move_the_point(runs: Path, name: str) -> None:
    at = plainly(visit(run=name, seed="3"))
    before = at.session_state["_explore_point"].z
    at.slider(key="explore-z-0").set_value(1.25).run()
    assert not at.exception
    after = at.session_state["_explore_point"].z
    assert after[0] == 1.25
    assert after[1:] == before[1:]
    assert wrong_defaults(at).keys() == {"explore-plain"}, "a toggle that a hand has moved keeps its default"
    at.button(key="explore-dice").click().run()
    assert at.slider(key="explore-z-0").value == pytest.approx(at.session_state["_explore_point"].z[0], abs=0.026)


def test_the_class_in_the_address_is_drawn_and_another_can_be_chosen(runs: Path) -> None:
    at = plainly(visit(run="cvae", y="3"))
    assert at.selectbox(key="explore-y").value == 3
    z = at.session_state["_explore_point"].z
    at.selectbox(key="explore-y").set_value(8).run()
    now = at.session_state["_explore_point"]
    assert (now.z, now.label, parameter(at, "y")) == (z, 8, "8")


def test_the_point_in_the_address_is_opened(runs: Path) -> None:
    at = visit(run="vae2", z="0.25_-1.5", psi="0.5")
    now = at.session_state["_explore_point"]
    assert (now.z, now.psi) == ((0.25, -1.5), 0.5)
    assert parameter(at, "z") == "0.25_-1.5"


@pytest.mark.parametrize(
    "parameters",
    [
        {"run": "../../etc/passwd"},
        {"run": "nothing"},
        {"run": "vae2", "seed": "-1"},
        {"run": "vae2", "seed": "1e99"},
        {"run": "vae2", "seed": "nan"},
        {"run": "vae2", "seed": "<script>"},
        {"run": "vae2", "psi": "77"},
        {"run": "vae2", "step": "-1"},
        {"run": "vae2", "step": "1e1"},
        {"run": "vae2", "step": "<script>"},
        {"run": "vae2", "step": "9" * 10_000},
        {"run": "vae2", "y": "1"},
        {"run": "cvae", "y": "10"},
        {"run": "vae2", "z": "1_2_3"},
        {"run": "vae2", "z": "1_inf"},
        {"run": "vae2", "z": "1e300_0"},
        {"run": "vae2", "z": "a_b"},
        {"run": "vae2", "z": "_" * 100_000},
    ],
)
def test_an_absurd_address_is_answered_in_one_sentence(runs: Path, parameters: dict[str, str]) -> None:
    at = visit(**parameters)
    assert len(at.warning) == 1
    assert len(at.warning[0].value) < 200


def test_an_unknown_section_is_the_first_one(runs: Path) -> None:
    assert not visit(run="vae2", show="nonsense").warning


def test_no_runs_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pages.parts import studio
    from pages.parts.explore import picker

    monkeypatch.setenv("GENMODELS_RUNS", str(tmp_path / "none"))
    monkeypatch.setenv("GENMODELS_WORKERS", "threads")
    monkeypatch.setattr(studio, "bundled", lambda: [])
    monkeypatch.setattr(picker, "explorable", lambda: [])
    studio.store.clear()
    at = visit()
    assert "no trained model" in at.info[0].value
    at.button(key="explore-train").click().run()
    assert at.title[0].value == "Train"


def garbage(path: Path) -> None:
    path.write_bytes(b"\x00not a model")


def no_model(path: Path) -> None:
    path.unlink()


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("harm", [garbage, no_model, half])
def test_a_model_that_does_not_load_is_one_sentence(runs: Path, harm: object) -> None:
    harm(runs / "vae2" / "model.safetensors")
    at = visit(run="vae2")
    assert len(at.warning) == 1
    at.selectbox(key="explore-run").set_value("vae12").run()
    assert not at.exception
    assert not at.warning


@pytest.mark.parametrize("content", ["", "{", "[]", '{"config": 3}', json.dumps({"config": {"model": "??"}})])
def test_a_damaged_run_is_one_sentence(runs: Path, content: str) -> None:
    (runs / "vae2" / "run.json").write_text(content)
    at = visit(run="vae2")
    assert len(at.warning) == 1


def test_a_damaged_status_does_not_matter(runs: Path) -> None:
    (runs / "vae2" / "status.json").write_text("}{")
    at = visit(run="vae2")
    assert len(at.warning) <= 1


def test_data_that_have_gone_leave_what_the_run_kept(runs: Path) -> None:
    about = json.loads((runs / "vae2" / "run.json").read_text())
    about["config"]["data"] = str(runs / "gone.zip")
    (runs / "vae2" / "run.json").write_text(json.dumps(about))
    at = visit(run="vae2", show="reconstruct")
    assert not at.warning
    assert len(subject(runs, "vae2").examples.x) == 16


def test_runs_that_differ_in_their_seed_share_data_that_do_not() -> None:
    def read(data: str, seed: int, **changes: object) -> object:
        return module._data(small("vae", data, seed=seed, **changes))

    assert read("digits", 0) is read("digits", 1)
    assert read("digits", 0, classes=("1", "7")) is read("digits", 1, classes=("1", "7"))
    assert read("digits", 0) is not read("digits", 0, classes=("1", "7"))
    for drawn in ({"held_out": 0.2}, {"data_size": 100}, {"added_noise": 0.1}):
        assert not torch.equal(read("digits", 0, **drawn).train, read("digits", 1, **drawn).train)
    assert not torch.equal(read("ring", 0).train, read("ring", 1).train)


def test_large_models_are_opened_anew_rather_than_kept_in_numbers(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGE", 1)
    names = ["vae2", "gan", "cvae", "cgan"]
    first = [subject(runs, name) for name in names]
    assert subject(runs, "cgan") is first[3]
    assert subject(runs, "vae2") is not first[0]
    monkeypatch.undo()
    assert subject(runs, "vae2") is subject(runs, "vae2")


def test_examples_are_encoded_part_by_part(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = replace(subject(runs, "vae2"))
    whole, sizes = model.model.encode, []
    monkeypatch.setattr(model.model, "encode", lambda x: sizes.append(len(x)) or whole(x))
    assert len(model.codes) == sum(sizes) == len(model.examples.x)
    assert max(sizes) < sum(sizes)


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """No decoder can run in the browser."""
    from genmodels.latent.export import CannotExport

    def refuse(model: object) -> None:
        raise CannotExport("The browser does not know this.")

    monkeypatch.setattr(module, "export_decoder", refuse)


@pytest.mark.parametrize(("name", "desk"), [("vae2", True), ("cgan", True), ("toy-vae", False)])
def test_a_decoder_that_the_browser_does_not_know_keeps_the_desk_for_pictures(
    runs: Path, refused: None, name: str, desk: bool
) -> None:
    at = visit(run=name)
    assert "does not know" in at.caption[0].value
    assert [slider.key for slider in at.slider if slider.key == "explore-z-0"] == ([] if desk else ["explore-z-0"])
    assert plainly(at).slider(key="explore-z-0")


def test_a_plane_of_a_decoder_on_the_server_is_what_it_decodes(runs: Path, refused: None) -> None:
    now = subject(runs, "cvae")
    asked = {"decoder": now.name, "axes": [2, 0], "base": [0.25, -1.0, 0.5], "label": 7}
    found = atlas.answer(now, torch.eye(3), asked)
    assert found is not None
    assert {name: found[name] for name in asked} == asked
    side, reach = found["side"], found["reach"]
    with Image.open(io.BytesIO(base64.b64decode(found["picture"].partition(",")[2]))) as picture:
        grey = torch.tensor(np.asarray(picture)[..., 0])
    tiles = grey.view(side, 28, side, 28).transpose(1, 2)
    for row, column in [(0, 0), (3, 1), (side - 1, side // 2)]:
        z = torch.tensor([[0.0, -1.0, 0.0]])
        z[0, 2], z[0, 0] = (2 * reach * torch.tensor([column, side - 1 - row]) / (side - 1)) - reach
        assert torch.equal(tiles[row, column], now.decode(z, torch.tensor([7]))[0, 0])
    for change in ({"axes": [0, 3]}, {"axes": [1, 1]}, {"base": [0.0]}, {"label": 10}, {"decoder": "vae2"}):
        assert atlas.answer(now, torch.eye(3), asked | change) is None
    at = visit(run="cvae", y="7", z="0.25_-1_0.5")
    here = at.session_state["_explore_point"]
    assert atlas.exact(now, here) == now.decode(here.code, here.y)[0, 0].numpy().tobytes()


def test_newer_weights_are_taken_when_a_finished_run_has_them(runs: Path) -> None:
    at = visit(run="toy-vae")
    first = at.session_state["_explore_point"]
    shutil.rmtree(runs / "toy-vae")
    RunFolder.create(runs / "toy-vae", small("vae", "ring", seed=5))
    train(runs / "toy-vae", pace=SILENT)
    at.run()
    assert not at.exception
    again = at.session_state["_explore_point"]
    assert again.subject != first.subject
    assert again.z == first.z


def test_a_run_that_learns_changes_when_it_is_refreshed(runs: Path) -> None:
    folder = RunFolder(runs / "vae2")
    folder.write_status(Status(state="running", step=5))
    at = visit(run="vae2")
    first = at.session_state["_explore_point"].subject
    os.utime(folder.path / "model.safetensors", ns=(1, 1))
    assert at.run().session_state["_explore_point"].subject == first
    at.button(key="explore-refresh").click().run()
    assert not at.exception
    assert at.session_state["_explore_point"].subject != first


@pytest.mark.parametrize("latent_dim", [1, 128])
def test_the_smallest_and_the_largest_space(runs: Path, latent_dim: int) -> None:
    RunFolder.create(runs / "x", small("vae", "digits", latent_dim=latent_dim, likelihood="bernoulli"))
    train(runs / "x", pace=SILENT)
    for section in SECTIONS:
        assert not visit(run="x", show=section).warning


def test_what_the_browser_sends_is_checked(runs: Path) -> None:
    model = subject(runs, "vae2")
    now = point.current(model)
    good = {"z": [0.5, 1], "psi": 1.0, "revision": now.revision, "decoder": model.name}
    hostile = [
        None,
        3,
        {},
        good | {"z": [1]},
        good | {"z": ["a", 1]},
        good | {"z": [float("nan"), 0]},
        good | {"psi": 9},
        good | {"psi": None},
        good | {"revision": now.revision + 1},
        good | {"decoder": "other"},
        good | {"z": [1e9, 0]},
        good | {"label": 1},
        good | {"label": True},
    ]
    for answer in hostile:
        point.rested(model, answer)
        assert point.current(model) == now, answer
    point.rested(model, good)
    assert point.current(model).z == (0.5, 1.0)


def test_the_model_that_is_downloaded_can_be_read(runs: Path) -> None:
    with safe_open(runs / "vae2" / "model.safetensors", framework="pt") as file:
        assert "genmodels" in file.metadata()
