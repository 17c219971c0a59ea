"""The playground without a browser: its page, its settings, its gallery, and what it sends to the browser."""

import re
import time
from array import array
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from genmodels.config import live_fields
from genmodels.data.painted import painted
from genmodels.data.uploads import Draft, UploadStore
from genmodels.models import MODELS
from genmodels.training.folder import RunFolder
from pages.parts import studio
from pages.parts.curves import Curve, Level, Reach, _blank, _spec
from pages.parts.plane import Scene
from pages.parts.playground_desk import choice as chosen
from pages.parts.playground_desk import hand
from pages.parts.playground_desk.charts import Told, _reaches
from pages.parts.playground_desk.choice import PLAYED, Choice
from pages.parts.playground_desk.gallery import exhibits
from pages.parts.playground_desk.hand import _GROUPS
from pages.parts.playground_desk.live import _move
from pages.parts.playground_desk.scenes import scene
from pages.parts.playground_desk.sight import judged, moving, reach, still, untrained
from pages.parts.run_view.story import Series, Story
from pages.parts.text import plain
from tests.defaults import wrong_defaults
from tests.small_runs import until

ROOT = Path(__file__).parents[1]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AppTest:
    monkeypatch.setenv("GENMODELS_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("GENMODELS_WORKERS", "threads")
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    return app.switch_page("pages/playground.py").run()


def asked(at: AppTest, name: str) -> str:
    """What the address says; page tests give it as a list or as it is."""
    value = at.query_params[name]
    return value if isinstance(value, str) else value[0]


def control(at: AppTest, kind: str, name: str) -> Any:
    """The control of that name, whichever turn it is in."""
    return next(widget for widget in at.get(kind) if re.fullmatch(rf"{name}(-\d+)?", str(widget.key)))


@pytest.mark.parametrize("model", PLAYED)
def test_every_model_shows_its_settings(at: AppTest, model: str) -> None:
    at.session_state["_playground_choice"] = Choice(model)
    at.run()
    assert not at.exception
    keys = {
        widget.key
        for kind in ("slider", "select_slider", "selectbox", "number_input", "toggle")
        for widget in at.get(kind)
    }
    assert all(f"play-set-{model}-{name}" in keys for names in _GROUPS[model].values() for name in names)


@pytest.mark.parametrize("level", ["student", "engineer"])
@pytest.mark.parametrize("name", exhibits())
def test_a_browser_that_missed_a_message_draws_what_is_chosen(at: AppTest, name: str, level: str) -> None:
    at.query_params["level"] = level
    at.run()
    at.button(key=f"exhibit-{name}").click().run()
    assert not at.exception
    assert wrong_defaults(at) == {}
    at.button(key="play-reset").click().run()


def test_a_setting_that_does_not_fit_is_explained(at: AppTest) -> None:
    at.session_state["_playground_choice"] = Choice("gan", changes={"pac": 3})
    at.run()
    assert not at.exception
    assert "packs of 3" in at.error[0].value


def test_a_run_from_elsewhere_is_refused_in_words(at: AppTest) -> None:
    at.query_params["run"] = "../../etc"
    at.run()
    assert not at.exception
    assert at.warning


def test_a_game_that_waits_says_its_place_in_line(at: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    store = studio.store()
    folder = RunFolder.create(store.root / "waits", Choice("gan").config())
    said = "Next in line: it starts as soon as another run ends."
    at.query_params["run"] = folder.id
    for places, there in (([folder.path], True), ([], False)):
        monkeypatch.setattr(store.pool, "waiting", lambda places=places: [(path,) for path in places])
        at.run()
        assert not at.exception
        assert any(said in caption.value for caption in at.caption) == there


def test_a_link_sets_model_and_points_and_nonsense_is_said(at: AppTest) -> None:
    at.query_params["model"], at.query_params["data"] = "vae", "moons"
    at.run()
    assert at.session_state["_playground_choice"] == Choice("vae", "moons")
    at.query_params["model"], at.query_params["data"] = "<b>", "upload:../../etc/passwd"
    at.query_params["beside"] = "../x"
    at.run()
    assert not at.exception
    assert len(at.info) == 3
    assert at.session_state["_playground_choice"] == Choice("vae", "moons")


def test_what_is_chosen_is_in_the_address(at: AppTest) -> None:
    control(at, "selectbox", "play-data").set_value("grid").run()
    assert (asked(at, "model"), asked(at, "data")) == ("gan", "grid")


def test_noise_and_size_of_the_points(at: AppTest) -> None:
    control(at, "select_slider", "play-set-data_noise").set_value(0.1).run()
    control(at, "select_slider", "play-set-data_size").set_value(200).run()
    assert at.session_state["_playground_choice"].changes == {"data_noise": 0.1, "data_size": 200}
    fixed = untrained(at.session_state["_playground_choice"].config().model_dump_json()).fixed
    spread = np.hypot(*fixed["originals"].T).std()
    assert spread == pytest.approx(0.1, rel=0.15)  # the radius of a narrow mode on the unit circle varies by sigma
    control(at, "selectbox", "play-data").set_value("checkerboard").run()
    assert not at.exception
    assert not [widget for widget in at.select_slider if widget.key.startswith("play-set-data_noise")]
    control(at, "selectbox", "play-data").set_value("ring").run()
    control(at, "select_slider", "play-set-data_noise").set_value(0.01).run()  # its own: no change any more
    assert at.session_state["_playground_choice"].changes == {"data_size": 200}


def test_a_painting_is_kept_chosen_and_deleted(at: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    at.run()
    owner = at.session_state["_owner_id"]
    kept = UploadStore().keep(Draft(painted([[0.0, 0.0, 0.2]], "Drawing 1")), owner)
    at.run()
    assert (
        kept.name in control(at, "selectbox", "play-data").options
        or "Drawing 1" in control(at, "selectbox", "play-data").options
    )
    control(at, "selectbox", "play-data").set_value(kept.name).run()
    assert not at.exception
    assert not at.error
    at.button(key="play-forget").click().run()
    assert not at.exception
    assert at.session_state["_playground_choice"].data == "ring"
    assert not UploadStore().listed(owner)


def test_two_models_share_the_points_and_are_steered_together(at: AppTest) -> None:
    began = time.time() - 1
    control(at, "selectbox", "play-beside").set_value("vae").run()
    at.button(key="play-step").click().run()
    assert not at.exception
    store = studio.store()
    run, other = (store.find(asked(at, name)) for name in ("run", "beside"))
    try:
        assert (run.config().model, other.config().model) == ("gan", "vae")
        assert run.config().data == other.config().data
        until(lambda: all(folder.status().step == 1 and folder.status().state == "paused" for folder in (run, other)))
        assert min(folder.path.joinpath("watched").stat().st_mtime for folder in (run, other)) > began
        control(at, "selectbox", "playground-speed").set_value(10).run()
        assert (run.pace(), other.pace()) == (10, 10)
        for lost in ("_playground_speed", "_playground_run"):  # as after a reload
            del at.session_state[lost]
        at.run()
        assert not at.exception
        assert control(at, "selectbox", "playground-speed").value == 10
        said = [caption.value for caption in at.caption]
        assert [sum(words.startswith(f"**{model}** · step 1 ") for words in said) for model in ("GAN", "VAE")] == [1, 1]
        panels = [html.proto.body for html in at.get("html")]
        for chart in ("Losses", "Distance to the data"):
            assert [sum(f">{model} · {chart}<" in body for body in panels) for model in ("GAN", "VAE")] == [1, 1]
        for folder in (run, other):  # as when they made room for others
            folder.send("stop", reason="It made room.")
        until(lambda: not run.active() and not other.active())
        at.run()
        assert plain("It made room.") in [caption.value for caption in at.caption]
        at.button(key="play-step").click().run()
        until(lambda: all(folder.status().step == 2 and folder.status().state == "paused" for folder in (run, other)))
        assert (asked(at, "run"), asked(at, "beside")) == (run.id, other.id)
    finally:
        at.button(key="play-reset").click().run()
    until(lambda: not run.active() and not other.active())
    assert set(at.query_params) == {"beside"}  # the rest is where everybody begins
    assert asked(at, "beside") == "vae"


@pytest.mark.parametrize("model", ["vae", "ae"])
def test_a_link_opens_another_model_beside_the_game(at: AppTest, model: str) -> None:
    at.query_params["beside"], at.query_params["data"] = model, "moons"
    at.run()
    assert not at.exception
    assert not at.info
    assert control(at, "selectbox", "play-beside").value == model
    control(at, "selectbox", "play-data").set_value("grid").run()
    assert (asked(at, "beside"), asked(at, "data")) == (model, "grid")
    control(at, "selectbox", "play-beside").set_value("").run()
    assert "beside" not in at.query_params
    for hopeless in ("gan", "nobody"):  # the model that is played already, and none
        at.query_params["beside"] = hopeless
        at.run()
        assert not at.exception
        assert len(at.info) == 1
        assert "second model" in at.info[0].value


@pytest.mark.parametrize("model", PLAYED)
def test_words_nodes_edges_and_story_of_a_scene_fit_together(model: str) -> None:
    shown: Scene = scene(model)
    nodes, layers = {node.name for node in shown.nodes}, {layer.name for layer in shown.layers}
    assert {name for edge in shown.edges for name in edge} <= nodes
    assert {name for phase in shown.phases for name in phase.nodes} <= nodes
    assert {name for phase in shown.phases for name in phase.layers} <= layers
    assert {name for node in shown.nodes for name in node.layers} <= layers
    moves = [phase.move for phase in shown.phases if phase.move]
    assert moves == {"gan": ["discriminator", "generator"], "vae": ["vae"], "ae": ["ae"]}[model]


@pytest.mark.parametrize("model", PLAYED)
def test_slow_motion_moves_the_players_of_its_own_model_and_nobody_else(
    model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved: list[str] = []
    monkeypatch.setattr(hand, "step", lambda folder, state, player: moved.append(player))
    for player in ("discriminator", "generator", "vae", "ae", "", None, ["vae"], {"vae": 1}):
        monkeypatch.setattr(st, "session_state", {"plane-feed": {"move": {"player": player}}})
        _move(RunFolder(Path()), Choice(model).config(), "")
    assert moved == {"gan": ["discriminator", "generator"]}.get(model, [model])


def test_each_player_of_a_game_has_five_sentences() -> None:
    assert [bool(phase.move) for phase in scene("gan").phases] == ([False] * 4 + [True]) * 2


def test_an_exhibit_that_cannot_begin_says_why_and_shows_no_card(at: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.parts.studio.MOST_ACTIVE", 0)
    at.button(key="exhibit-collapse").click().run()
    assert not at.exception
    assert any("At most 0 runs" in warning.value for warning in at.warning)
    assert not [button for button in at.button if button.key == "exhibit-cure"]


@pytest.mark.parametrize("name", exhibits())
def test_every_exhibit_and_its_cure_are_valid_settings(name: str) -> None:
    exhibit = exhibits()[name]
    ill = Choice(exhibit.model, exhibit.data, changes=dict(exhibit.illness))
    cured = Choice(exhibit.cured_by or exhibit.model, exhibit.data, changes=dict(exhibit.cure))
    assert ill.config() != cured.config()
    assert set(exhibit.illness) <= set(MODELS[exhibit.model].thing.config_class.model_fields)


def test_circles_and_silence_are_cured_in_mid_run() -> None:
    for name in ("oscillation", "silence"):
        exhibit = exhibits()[name]
        assert set(exhibit.cure) <= set(live_fields(Choice(exhibit.model, exhibit.data).config_class))


@pytest.mark.parametrize("model", PLAYED)
@pytest.mark.parametrize("latent_dim", [1, 2])
def test_what_the_browser_gets_of_fresh_networks(model: str, latent_dim: int) -> None:
    config = Choice(model, changes={"latent_dim": latent_dim, "width": 8}).config()
    sight = untrained(config.model_dump_json())
    fixed, arrays = still(sight.fixed), moving(sight.frame)
    assert all(value.shape[-1] == 2 for value in fixed.values())
    assert all(np.isfinite(value).all() for value in arrays.values())
    assert fixed["mesh_z"].shape[:2] == arrays["mesh"].shape[:2]
    left, right, bottom, top = reach(sight.frame, uniform=False)
    assert right == top == -left == -bottom >= 3.2


def test_where_d_cannot_tell_depends_on_the_game() -> None:
    frame = {"score_real": np.array([3.0, 5.0]), "score_fake": np.array([-1.0, 1.0])}
    assert judged(Choice("gan", changes={"loss": "nonsaturating"}).config(), frame) == {"centre": 0.0, "gain": 1.0}
    assert judged(Choice("gan", changes={"loss": "relativistic"}).config(), frame)["centre"] == 2.0
    assert judged(Choice("gan", changes={"loss": "wasserstein"}).config(), frame)["gain"] < 1.0


def test_toys_are_what_is_played_for() -> None:
    assert {"ring", "grid", "moons", "dot"} <= set(chosen.toys())


def test_a_control_that_has_been_replaced_has_no_say_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {})
    said: list[int] = []
    answer, key = chosen.by_hand("settings", said.append), chosen.key("width", "settings")
    answer(1)
    chosen.choose(Choice("vae"), left=("picks", "settings"))  # a hand on a setting
    answer(2)
    chosen.choose(Choice("vae"), left=("picks",))  # something else
    answer(3)
    assert said == [1, 2]
    assert chosen.key("width", "settings") != key
    assert chosen.key("width", "picks") == "width"


def told(model: str, steps: list[float], js: list[float], slot: str = "") -> Told:
    story = Story(RunFolder(Path()))
    story.losses[f"{model}/loss"] = story.metrics["js"] = Series(array("d", steps), array("d", js))
    return Told(Choice(model).config(), story, slot)


def test_two_games_are_drawn_on_one_scale_that_holds_both() -> None:
    reaches = _reaches([told("gan", [1, 900], [0.6, 0.1]), told("vae", [1, 400], [3.0, 0.2], "-beside")])
    assert reaches["distance"] == Reach((0.0, 5.0), 900)
    assert reaches["losses"] == reaches["modes"] == Reach(None, 900)  # of a game and of a VAE: other quantities
    both = _reaches([told("vae", [1, 400], [3.0, -0.5]), told("ae", [1, 400], [7.0, 0.2], "-beside")])
    assert both["losses"] == Reach((-0.5, 10.0), 400)


def test_modes_are_counted_from_none_to_all_before_and_after_the_first_measurement() -> None:
    reach = Reach((0.0, 8.0))
    curve = Curve("modes", np.array([1.0, 2.0]), np.array([0.0, 3.0]), "generator")
    share = Curve("coverage", np.array([1.0, 2.0]), np.array([0.0, 0.4]), "real", share=True)
    left, right = _spec([curve, share], [], False, "", "", reach=reach)["yAxis"]
    blank = _blank([Level("all", 8, "z")], "", reach)["yAxis"]
    assert (left["min"], left["max"]) == (blank["min"], blank["max"]) == (0.0, 8.0)
    assert (right["min"], right["max"]) == (0, 1)


def test_whoever_has_only_the_address_of_a_run_changes_nothing_in_it(at: AppTest) -> None:
    store = studio.store()
    ill = exhibits()["silence"]
    folder = RunFolder.create(store.root / "shared", Choice("vae", changes=dict(ill.illness)).config(), owner="teacher")
    at.query_params["run"], at.session_state["_playground_exhibit"] = folder.id, "silence"
    at.run()
    assert any("somebody else's game" in caption.value for caption in at.caption)
    assert at.button(key="play-toggle").label == "Play"
    assert control(at, "select_slider", "play-set-vae-lr").disabled
    assert control(at, "button", r"play-set-vae-beta(-\d+)?-reset").disabled
    control(at, "selectbox", "playground-speed").set_value(2).run()
    at.button(key="exhibit-cure").click().run()  # in mid-run where the run is one's own, here in one of one's own
    assert not at.exception
    assert folder.active()
    assert not folder.path.joinpath("commands.jsonl").exists()
    own = store.find(asked(at, "run"))
    assert own.id != folder.id
    assert own.config().beta == 1.0
    at.button(key="play-reset").click().run()
    until(lambda: not own.active())
