"""A run on the Train page: every state of it, whose it is, what is damaged, and the story that it tells."""

import html
import json
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from genmodels.config import live_fields
from genmodels.training.loop import ResumePoint
from genmodels.training.store import RunStore
from pages.parts import text
from pages.parts.run_view import controls
from pages.parts.run_view.panels import Sight
from pages.parts.run_view.story import Story
from tests.train.pages import OWNER, ROOT, STRANGER, Make, buttons, page, words

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
