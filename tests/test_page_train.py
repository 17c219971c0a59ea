"""The Train page without a browser: the form, hostile addresses, every state of a run, and whose runs are shown."""

import html
import json
import re
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from genmodels.config import RunConfig, live_fields
from genmodels.data import DATASETS, spec_of
from genmodels.models import MODELS, preset
from genmodels.training.folder import RunFolder, Status
from genmodels.training.loop import ResumePoint
from genmodels.training.store import RunStore, owner_key
from pages.parts import form, studio, text
from pages.parts.architecture import stacks
from pages.parts.run_view import controls
from pages.parts.run_view.panels import Sight
from pages.parts.run_view.story import Story
from pages.parts.train_form.choice import Choice
from tests.defaults import wrong_defaults

ROOT = Path(__file__).parents[1]
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


# ---------------------------------------------------------------------- the form


def test_before_a_run_the_networks_and_real_samples_are_shown(store: RunStore) -> None:
    at = page()
    assert at.title[0].value == "Train"
    assert "835,384 weights" in words(at)
    assert "encoder" in words(at)
    assert not at.button(key="start").disabled


def test_start_makes_one_run_of_the_visitor_and_leads_to_it(store: RunStore) -> None:
    at = page(model="gan", data="fashion", seed="3")
    at.button(key="start").click().run()
    assert not at.exception
    (folder,) = store.listed(OWNER)
    assert at.query_params["run"] == folder.id
    config = folder.config()
    assert (config.model, config.data, config.preset, config.seed) == ("gan", "fashion", "fast", 3)
    assert at.title[0].value == text.plain("GAN on Fashion, seed 3")
    assert store.listed(STRANGER) == []


def test_the_address_preselects(store: RunStore) -> None:
    at = page(model="gan", data="ring", preset="good", seed="12")
    assert at.segmented_control(key="pick-family").value == "gan"
    assert at.pills(key="pick-data").value == "ring"
    assert at.segmented_control(key="pick-preset").value == "good"
    assert control(at, "number_input", "set-gan-seed").value == 12
    assert not at.info


@pytest.mark.parametrize("model", MODELS)
def test_a_browser_that_missed_a_message_draws_what_is_chosen(store: RunStore, model: str) -> None:
    at = page(model=model, data="digits", preset="good", seed="7", level="engineer")
    assert not at.exception
    assert wrong_defaults(at) == {}


@pytest.mark.parametrize(
    "parameters",
    [
        {"model": "../../etc/passwd"},
        {"data": "/etc/passwd"},
        {"data": "<script>alert(1)</script>"},
        {"preset": "fastest" * 100},
        {"seed": "-1"},
        {"seed": "９９"},
        {"seed": "99999999999999999999"},
        {"seed": "1e3"},
    ],
)
def test_a_hostile_address_is_refused_in_a_sentence(store: RunStore, parameters: dict[str, str]) -> None:
    at = page(**parameters)
    assert len(at.info) == 1
    assert "so your own choice stands" in at.info[0].value
    assert not set("<>/") & set(at.info[0].value)
    assert len(at.info[0].value) < 120
    assert at.segmented_control(key="pick-family").value == "vae"
    assert not at.button(key="start").disabled


def test_picks_are_kept_in_the_address(store: RunStore) -> None:
    at = page()
    at.segmented_control(key="pick-family").set_value("gan").run()
    at.pills(key="pick-group").set_value("toy").run()
    at.pills(key="pick-data").set_value("moons").run()
    control(at, "number_input", "set-gan-seed").set_value(5).run()
    wanted = {"model": "gan", "data": "moons", "preset": "fast", "seed": "5"}
    assert {name: at.query_params[name] for name in wanted} == wanted
    at.button(key="reset-all").click().run()
    assert "seed" not in at.query_params


def test_a_change_can_be_put_back_and_outlives_another_preset(store: RunStore) -> None:
    at = page()
    control(at, "slider", "set-vae-latent_dim").set_value(2).run()
    assert control(at, "button", "set-vae-latent_dim-reset")
    at.segmented_control(key="pick-preset").set_value("good").run()
    assert control(at, "slider", "set-vae-latent_dim").value == 2
    control(at, "button", "set-vae-latent_dim-reset").click().run()
    assert control(at, "slider", "set-vae-latent_dim").value == 24
    assert "set-vae-latent_dim-reset" not in {plain(button.key) for button in at.button}


def test_settings_that_do_not_fit_are_explained_and_cannot_be_started(store: RunStore) -> None:
    at = page(model="gan")
    control(at, "slider", "set-gan-depth").set_value(5).run()
    assert "Pictures of 28 x 28 cannot be halved" in at.error[0].value
    assert at.button(key="start").disabled
    control(at, "slider", "set-gan-depth").set_value(2).run()
    assert not at.error
    assert not at.button(key="start").disabled


def test_values_beyond_the_range_are_refused_in_python(store: RunStore) -> None:
    at = page()
    at.session_state["_train_choice"] = Choice(changes={"steps": -5})
    at.run()
    assert "steps" in at.error[0].value
    assert at.button(key="start").disabled
    assert store.listed(OWNER) == []


def test_one_visitor_cannot_fill_the_queue(store: RunStore, make: Make) -> None:
    for number in range(4):
        make("queued", name=f"run-{number}")
    at = page()
    at.button(key="start").click().run()
    assert "stop one of them first" in at.warning[0].value
    assert len(store.listed(OWNER)) == 4


@pytest.mark.parametrize("name", MODELS)
def test_every_setting_of_every_model_has_a_control(store: RunStore, name: str) -> None:
    at = page(model=name)
    shown = {
        plain(element.key)
        for kind in (at.slider, at.select_slider, at.number_input, at.selectbox, at.toggle)
        for element in kind
    }
    settings = form.settings(MODELS[name].thing.config_class)
    wanted = {f"set-{name}-{setting.name}" for setting in settings if setting.needs is None}
    assert wanted
    assert wanted <= shown
    assert all(setting.title and setting.help for setting in settings)


def test_a_network_can_be_laid_layer_by_layer(store: RunStore) -> None:
    at = page()
    assert "set-vae-encoder_layers" not in {plain(area.key) for area in at.text_area}
    control(at, "selectbox", "set-vae-network").set_value("custom").run()
    assert {"set-vae-width", "set-vae-depth"}.isdisjoint(
        plain(slider.key) for slider in [*at.slider, *at.select_slider]
    )
    assert "28×28 → 32×14×14 → 64×7×7 → 256 → 40" in words(at)
    control(at, "text_area", "set-vae-encoder_layers").set_value("conv 8 s2, res, linear 5").run()
    (error,) = at.error
    assert error.value == (
        "Encoder layer 3, 'linear 5', needs a plain list of numbers but gets 8×14×14; put 'flatten' before it."
    )
    assert at.button(key="start").disabled
    control(at, "text_area", "set-vae-encoder_layers").set_value("conv 8 s2, res, flatten, linear 5").run()
    assert not at.error
    assert "28×28 → 8×14×14 → 8×14×14 → 5 → 40" in words(at)
    at.button(key="start").click().run()
    assert store.listed(OWNER)[0].config().encoder_layers == "conv 8 s2, res, flatten, linear 5"


@pytest.mark.parametrize("data", DATASETS)
def test_every_data_set_can_be_picked(store: RunStore, data: str) -> None:
    at = page(data=data)
    assert not at.info
    assert DATASETS[data].card.summary in words(at)


def test_a_large_download_is_agreed_to_before_it_can_begin(store: RunStore, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("GENMODELS_DATA", str(tmp_path))
    at = page(data="celeba")
    assert "1,443 MB, once, when you press Start. Terms: non-commercial research only." in words(at)
    assert at.button(key="start").disabled
    at.checkbox(key="agree-celeba").check().run()
    assert not at.button(key="start").disabled
    at.pills(key="pick-data").set_value("svhn").run()
    assert at.button(key="start").disabled
    at.pills(key="pick-data").set_value("celeba").run()
    assert at.checkbox(key="agree-celeba").value
    at.checkbox(key="agree-celeba").uncheck().run()
    assert at.button(key="start").disabled
    at.checkbox(key="agree-celeba").check().run()
    at.button(key="start").click().run()
    assert store.listed(OWNER)[0].config().data == "celeba"


def test_a_run_from_elsewhere_does_not_go_on_before_its_download_is_agreed_to(
    make: Make, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setenv("GENMODELS_DATA", str(tmp_path))
    folder = make("finished", data="celeba")
    before = folder.config()
    at = page(run=folder.id)
    at.button(key="run-longer").click().run()
    assert "choose them on Train and agree to it first" in words(at)
    assert folder.status().state == "finished"
    assert folder.config() == before


def test_no_other_way_of_starting_a_run_leads_past_that_question(store: RunStore, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("GENMODELS_DATA", str(tmp_path))
    at = page(data="kmnist")
    assert not at.checkbox
    assert not at.button(key="start").disabled
    archive = tmp_path / "lfw-py" / "lfw-funneled.tgz"
    archive.parent.mkdir()
    archive.touch()
    at = page(data="lfw")
    assert not at.checkbox
    assert "Its file is here" in words(at)

    def elsewhere() -> None:
        from genmodels.data import spec_of
        from genmodels.models import preset
        from pages.parts.train_form.start import begin

        begin(preset("vae", "svhn", spec_of("svhn")))

    AppTest.from_function(elsewhere).run()
    assert store.listed(OWNER) == []


def test_the_architecture_is_that_of_the_real_model() -> None:
    config = preset("vae", "digits", spec_of("digits"), "fast")
    encoder, decoder = stacks(config, spec_of("digits"))
    assert encoder.shapes == ((1, 28, 28), (512,), (40,))
    assert decoder.shapes == ((20,), (512,), (1, 28, 28))
    model = MODELS["vae"].thing(config, spec_of("digits"))
    assert encoder.weights + decoder.weights == sum(p.numel() for p in model.parameters())


# ---------------------------------------------------------------------- a run in each of its states


STATES = {
    "queued": ("Waiting", {"Stop", "Start over"}),
    "preparing": ("Preparing", {"Stop", "Start over"}),
    "running": ("Training", {"Pause", "Stop", "Start over"}),
    "paused": ("Paused", {"Resume", "Stop", "Step once", "Start over"}),
    "finished": ("Finished", {"Train longer", "Start over"}),
    "stopped": ("Stopped", {"Resume", "Start over"}),
    "diverged": ("Diverged", {"Try gentler", "Start over"}),
    "failed": ("Failed", {"Resume", "Start over"}),
    "interrupted": ("Interrupted", {"Resume", "Start over"}),
}


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_its_word_and_its_buttons(make: Make, state: str) -> None:
    folder = make(state, reason="It says why.")
    at = page(run=folder.id)
    word, wanted = STATES[state]
    assert at.title[0].value == f"vae {state}"
    assert word in words(at)
    assert wanted <= buttons(at)
    assert "New run" in buttons(at)
    assert not ({"Pause", "Stop", "Resume", "Step once"} - wanted) & buttons(at)


VIEWS = {
    ("vae", "digits"): {"Samples", "Latent map", "Reconstructions", "KL of each dimension", "Losses", "−ELBO"},
    ("vae", "moons"): {"Samples", "Latent map", "Reconstructions", "KL of each dimension", "Losses", "−ELBO"},
    ("gan", "fashion"): {"Samples", "The discriminator's eye", "Real", "How sure it is", "Losses", "KID"},
    ("gan", "grid"): {"Samples", "The discriminator's eye", "How sure it is", "Losses", "KID"},
}


@pytest.mark.parametrize(("model", "data"), VIEWS)
def test_a_run_shows_what_its_frames_hold(make: Make, model: str, data: str) -> None:
    at = page(run=make("running", model, data).id)
    titles = {
        html.unescape(element.value.split("<h3 class='gm-panel'>")[1].split("<")[0].strip())
        for element in at.html
        if "<small>" in element.value and "<h3" in element.value
    }
    assert titles - {"Change while training"} == VIEWS[model, data]


def drawn(at: AppTest, key: str) -> dict[str, Any]:
    """What the chart called ``key`` was given to draw."""
    (chart,) = (element for element in at.get("echarts_chart") if element.proto.id.endswith(f"-{key}"))
    return json.loads(chart.proto.spec)


def test_the_quality_chart_shows_what_real_data_would_score(make: Make) -> None:
    folder = make("running", "gan", "digits")
    metrics = {"kid": 0.2, "coverage": 0.5, "classes": [0.1] * 9 + [0.01]}
    floor = {"kid": 0.004, "coverage": 0.95, "classes": [0.1] * 10}
    folder.append(
        {"event": "evaluation", "step": 30, "seconds": 3, "metrics": metrics, "floor": floor, "judge": "digits"}
    )
    at = page(run=folder.id)
    assert "by the eyes of a digit classifier" in words(at)
    assert "hardly drawn: 9" in words(at)
    assert [series["name"] for series in drawn(at, "quality")["series"]] == ["KID", "real data 0.004"]
    real, generated = drawn(at, "modes")["series"]
    assert (real["data"], generated["data"]) == (floor["classes"], metrics["classes"])
    at.selectbox(key="quality-measure-image").set_value("coverage").run()
    assert [series["name"] for series in drawn(at, "quality")["series"]] == ["Coverage", "real data 0.950"]
    at.selectbox(key="quality-measure-image").set_value("recall").run()
    assert drawn(at, "quality")["series"][0]["name"] == "KID", "not measured: the headline stays"


@pytest.mark.parametrize("state", ["diverged", "failed", "interrupted"])
def test_a_bad_end_says_why(make: Make, state: str) -> None:
    at = page(run=make(state, reason="The numbers grew without bound.").id)
    assert text.plain("The numbers grew without bound.") in words(at)


def test_the_buttons_send_what_they_say(make: Make) -> None:
    folder = make("running")
    at = page(run=folder.id)
    at.button(key="run-pause").click().run()
    at.select_slider(key=f"knob-{folder.id}-beta").set_value(10.0).run()
    at.button(key="run-stop").click().run()
    sent = [(command.action, dict(command.values)) for command in folder.commands(0)[0]]
    assert sent == [("pause", {}), ("edit", {"beta": 10.0}), ("stop", {})]


def test_the_knobs_are_the_live_settings_at_their_present_values(make: Make) -> None:
    folder = make("running")
    at = page(run=folder.id)
    knobs = {slider.key: slider.value for slider in at.select_slider}
    assert set(knobs) == {f"knob-{folder.id}-{name}" for name in live_fields(type(folder.config()))}
    assert knobs[f"knob-{folder.id}-beta"] == 4.0


def test_an_edit_beyond_the_range_is_refused_in_python(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make("running")
    state = {"key": 1e9}
    monkeypatch.setattr(controls.st, "session_state", state)
    controls._turn(folder, folder.config(), "lr", "key")
    assert any("'lr' cannot be" in str(sentence) for sentence in state.values())
    assert folder.commands(0)[0] == []


def test_what_happened_is_told_and_escaped(make: Make) -> None:
    told = words(page(run=make("finished").id))
    assert "changed to Beta 4" in told
    assert "That cannot be &lt;b&gt;done&lt;/b&gt;." in told


def test_a_change_to_anything_at_all_is_told(make: Make) -> None:
    folder = make("finished")
    folder.append({"event": "edited", "step": 16, "seconds": 1.2, "changes": {"network": ["<b>"]}})
    assert "changed to Network [&#x27;&lt;b&gt;&#x27;]" in words(page(run=folder.id))


def test_names_of_measures_and_classes_are_escaped(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, evil = make("finished", "gan"), "<img src='//elsewhere.test'>"
    measures = {"metrics": {evil: 0.5, "classes": [0.1] * 9 + [0.0]}, "floor": {"classes": [0.1] * 10}}
    (folder.path / "history.jsonl").write_text(json.dumps({"event": "evaluation", "step": 30, **measures}) + "\n")
    monkeypatch.setattr(Sight, "class_names", (*map(str, range(9)), evil))
    told = words(page(run=folder.id))
    assert "<img" not in told
    assert told.count(html.escape(evil)) == 3  # of the dial, the curve and the class that is hardly drawn


def test_the_place_in_line_is_told(store: RunStore, make: Make) -> None:
    first, second = make("queued", name="first"), make("queued", name="second")
    store.pool.jobs += [(first.path,), (second.path,)]
    assert "Next in line" in page(run=first.id).progress[0].text
    assert "Number 2 in line" in page(run=second.id).progress[0].text


def test_a_run_that_waits_is_stopped_at_once(store: RunStore, make: Make) -> None:
    folder = make("queued")
    store.pool.jobs.append((folder.path,))
    page(run=folder.id).button(key="run-stop").click().run()
    assert folder.status().state == "stopped"
    assert store.pool.jobs == []


def test_train_longer_doubles_the_budget(store: RunStore, make: Make) -> None:
    folder = make("finished")
    folder.write_checkpoint(ResumePoint(folder.config(), 20, 1.0, {"weight": torch.zeros(1)}))
    before = folder.config().steps
    assert before is not None
    page(run=folder.id).button(key="run-longer").click().run()
    assert folder.config().steps == 2 * before
    assert folder.status().state == "queued"
    assert store.pool.jobs == [(folder.path,)]


def test_train_longer_is_refused_in_a_sentence_where_all_that_was_learned_would_be_lost(make: Make) -> None:
    folder = make("finished")  # and came without a resume point
    at = page(run=folder.id).button(key="run-longer").click().run()
    assert not at.exception
    assert any("start over" in warning.value for warning in at.warning)
    assert folder.status().state == "finished"


def test_start_over_begins_a_run_with_the_same_settings(store: RunStore, make: Make) -> None:
    folder = make("running")
    at = page(run=folder.id)
    at.button(key="run-again").click().run()
    (new,) = [run for run in store.listed(OWNER) if run.id != folder.id]
    assert at.query_params["run"] == new.id
    assert new.config() == folder.config()
    assert folder.commands(0)[0][0].action == "stop"


def test_try_gentler_takes_a_tenth_of_the_rates(store: RunStore, make: Make) -> None:
    folder = make("diverged", "gan", "ring")
    page(run=folder.id).button(key="run-gentler").click().run()
    (new,) = [run for run in store.listed(OWNER) if run.id != folder.id]
    rates = [(new.config().model_dump()[name], folder.config().model_dump()[name]) for name in ("lr_g", "lr_d")]
    assert all(after == pytest.approx(before / 10) for after, before in rates)


# ---------------------------------------------------------------------- whose runs


def test_a_stranger_watches_but_does_not_steer(make: Make) -> None:
    folder = make("running")
    at = page(STRANGER, run=folder.id)
    assert "only the person who started this run" in words(at)
    assert not {"Pause", "Stop", "Start over"} & buttons(at)
    assert "Your runs" not in words(at)


def test_only_ones_own_runs_are_listed(make: Make) -> None:
    make("finished", name="mine")
    make("finished", name="theirs", owner=STRANGER)
    keys = {button.key for button in page().button}
    assert "open-mine" in keys
    assert "open-theirs" not in keys


def test_the_list_leads_from_run_to_run(make: Make) -> None:
    make("finished", name="one")
    make("stopped", "gan", name="two")
    at = page(run="one")
    at.button(key="open-two").click().run()
    assert at.title[0].value == "gan stopped"
    at.button(key="new-run").click().run()
    assert at.title[0].value == "Train"
    assert "run" not in at.query_params


def test_a_title_or_a_reason_from_elsewhere_shows_no_picture(make: Make) -> None:
    evil = "![](https://elsewhere.test/eye.png)"
    folder = make("failed", name="evil", reason=evil)
    folder.rename(evil)
    for at in (page(run=folder.id), page(STRANGER, run=folder.id)):
        said = [words(at), *buttons(at)]
        assert at.title[0].value == text.plain(evil)
        assert not any(evil in sentence for sentence in said)
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.session_state["_owner_id"] = OWNER
    at.session_state["_wanted_page"] = ("pages/runs.py", {})
    at.run()
    assert not any(evil in sentence for sentence in [words(at), *buttons(at), *(box.label for box in at.checkbox)])


# ---------------------------------------------------------------------- what is damaged or not there


@pytest.mark.parametrize("run_id", ["nothing", "../../etc", "a" * 500, "", "<script>"])
def test_an_address_without_a_run_shows_the_form_and_a_sentence(store: RunStore, run_id: str) -> None:
    at = page(run=run_id)
    assert at.title[0].value == "Train"
    assert "There is no run at this address" in at.warning[0].value
    assert "Start" in buttons(at)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("run.json", b"{"),
        ("run.json", b'{"config": {"model": "no such model"}}'),
        ("run.json", b'{"config": 3}'),
        ("status.json", b"not json"),
        ("status.json", b'{"state": "finished", "step": "many", "progress": {}}'),
    ],
)
def test_a_damaged_run_is_one_sentence(make: Make, file: str, content: bytes) -> None:
    folder = make("finished")
    (folder.path / file).write_bytes(content)
    at = page(run=folder.id)
    assert len(at.error) == 1
    assert "New run" in buttons(at)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("frames/00000010.safetensors", b"\x00" * 40),
        ("fixed.safetensors", b""),
        (
            "history.jsonl",
            b'{"event": 3}\n[1]\nnonsense\n{"event": "step", "step": "x", "losses": {"a": null}}\n{"event": "st',
        ),
        ("history.jsonl", b'{"event": "evaluation", "step": 1, "metrics": {"a": [1, "x"], "b": {}}}\n'),
    ],
)
def test_damage_in_what_is_shown_leaves_the_rest_of_the_page(make: Make, file: str, content: bytes) -> None:
    folder = make("finished")
    (folder.path / file).write_bytes(content)
    at = page(run=folder.id)
    assert at.title[0].value == "vae finished"
    assert "Start over" in buttons(at)


# ---------------------------------------------------------------------- the story of a run


def test_a_story_reads_only_what_is_new(make: Make) -> None:
    folder = make("running")
    story = Story(folder)
    story.read_on()
    story.read_on()
    assert list(story.losses["vae/kl"].steps) == [10, 20]
    folder.append({"event": "step", "step": 30, "seconds": 3.0, "losses": {"vae/kl": 5.0}})
    story.read_on()
    assert list(story.losses["vae/kl"].steps) == [10, 20, 30]
    assert story.spectra["kl_per_dim"].tolist() == [1.0, 0.0]
    assert story.settings == {"beta": 4.0}


def test_a_history_that_was_thinned_is_told_anew(make: Make) -> None:
    folder = make("running")
    for step in range(30, 90, 10):
        folder.append({"event": "step", "step": step, "seconds": step / 10, "losses": {"vae/kl": 5.0}})
    story = Story(folder)
    story.read_on()
    moments = list(story.moments)
    folder.thin(0)
    story.read_on()
    assert list(story.losses["vae/kl"].steps) == [20, 40, 60, 80]
    assert story.moments == moments
    folder.append({"event": "step", "step": 90, "seconds": 9.0, "losses": {"vae/kl": 5.0}})
    story.read_on()
    assert list(story.losses["vae/kl"].steps) == [20, 40, 60, 80, 90]


def test_a_resumed_run_takes_its_curves_up_where_it_goes_on(make: Make) -> None:
    folder = make("running")
    folder.append({"event": "started", "step": 12, "seconds": 1.1})
    folder.append({"event": "step", "step": 18, "seconds": 1.6, "losses": {"vae/kl": 7.0}})
    story = Story(folder)
    story.read_on()
    assert list(story.losses["vae/kl"].steps) == [10, 18]
    assert "neg_elbo" not in story.metrics


def test_a_run_that_goes_on_from_before_its_measures_is_shown(make: Make) -> None:
    folder = make("running")
    folder.append({"event": "evaluation", "step": 20, "seconds": 1, "metrics": {"kid": 2.0}, "floor": {"kid": 0.1}})
    folder.append({"event": "started", "step": 2, "seconds": 0.1})
    page(run=folder.id)


@pytest.mark.parametrize(("device", "said"), [("cuda", "pictures a second · CUDA"), ("cpu", "pictures a second<")])
def test_where_a_run_computes_is_said_where_it_is_a_card(make: Make, device: str, said: str) -> None:
    folder = make("running")
    folder.append({"event": "started", "step": 20, "seconds": 2.0, "device": device})
    assert said in words(page(run=folder.id))


def test_an_axis_stays_while_it_fits(make: Make) -> None:
    story = Story(make("running"))
    first = story.span("scores", -1, 1)
    assert first[0] < -1 < 1 < first[1]
    assert story.span("scores", -0.9, 1.05) == first
    assert story.span("scores", -3, 3) != first
    wide = story.span("scores", -3, 3)
    assert story.span("scores", -0.1, 0.1) != wide


# ---------------------------------------------------------------------- controls from a configuration


def test_ladders_hold_their_bounds() -> None:
    for name, entry in MODELS.items():
        for setting in form.settings(entry.thing.config_class):
            if setting.kind in (int, float) and setting.low is not None and setting.high is not None:
                steps = form.ladder(setting.low, setting.high, setting.kind)
                assert steps == sorted(set(steps)), (name, setting.name)
                assert all(setting.low <= step <= setting.high for step in steps), (name, setting.name)


def test_a_value_is_said_in_words() -> None:
    say = {setting.name: setting.say for setting in form.settings(RunConfig)}
    assert say["network"]("conv") == "Conv"
    assert say["steps"](12000) == "12,000"
    assert say["steps"](None) == "not set"
    assert say["activation"]("leaky_relu") == "leaky relu"
