"""The Runs page without a browser: whose runs, search, sort, undo, what changed, and where its buttons lead."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from genmodels.config import RunConfig
from genmodels.data import spec_of
from genmodels.models import preset
from genmodels.training.folder import RunFolder, Status
from genmodels.training.store import RunStore, bundled, owner_key
from pages.parts import studio
from pages.parts.runs_desk.facts import changes, changes_in_words, facts
from pages.parts.runs_desk.overlay import quantities, tracks_of
from pages.parts.text import plain
from pages.parts.thumbnail import thumbnail
from tests.small_runs import small
from tests.train.pages import OWNER, STRANGER, Idle, buttons, fixed, frame, history, words

ROOT = Path(__file__).parents[1]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    runs = RunStore(tmp_path / "runs", Idle())
    monkeypatch.setattr(studio, "store", lambda: runs)
    return runs


def make(store: RunStore, name: str, model: str = "vae", state: str = "finished", **changes: object) -> RunFolder:
    config = small(model, "digits", **{"latent_dim": 4} | changes)
    folder = RunFolder.create(store.root / name, config, owner=owner_key(OWNER), title=f"run {name}")
    folder.write_fixed(fixed("digits"))
    folder.write_frame(10, frame(model, "digits"))
    for line in history(model):
        folder.append(line)
    folder.write_status(Status(state=state, step=20, seconds=130.0, progress=0.5))
    return folder


def page(owner: str = OWNER) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.session_state["_owner_id"] = owner
    at.session_state["_wanted_page"] = ("pages/runs.py", {})
    at.run()
    assert not at.exception
    return at


def titles(at: AppTest) -> list[str]:
    return [button.label for button in at.button if str(button.key).startswith("run-open-")]


def test_a_new_visitor_is_led_to_training(store: RunStore) -> None:
    make(store, "one")
    at = page(owner=STRANGER)
    assert titles(at) == []
    assert "run one" not in words(at)
    assert "Train" in buttons(at)


def test_before_the_first_run_there_are_those_that_came_with_the_app(store: RunStore) -> None:
    at = page()
    shown = [str(button.key) for button in at.button if button.label == "Explore"]
    assert shown == [f"run-explore-{run.id}" for run in bundled()]
    at.button(key="run-explore-gan-digits").click().run()
    assert at.query_params["run"] == "gan-digits"
    assert at.title[0].value == "Explore"


def test_a_row_says_what_it_is_what_became_of_it_and_what_changed(store: RunStore) -> None:
    make(store, "one")
    make(store, "two", latent_dim=8, seed=5)
    at = page()
    assert titles(at) == ["run two", "run one"]
    told = words(at)
    for part in ("Finished", "VAE", "Digits", "−ELBO 140.0", "2 min 10 s", "Latent size 4 → 8, Seed 0 → 5", "2 runs"):
        assert part in told
    assert thumbnail(store.find("one")).startswith(b"\x89PNG")


def test_search_and_sort(store: RunStore) -> None:
    for name, model, state in (("a", "vae", "finished"), ("b", "gan", "failed"), ("c", "vae", "stopped")):
        make(store, name, model=model, state=state)
    at = page()
    at.text_input(key="runs-search").set_value("VAE stopped").run()
    assert titles(at) == ["run c"]
    at.text_input(key="runs-search").set_value("nobody").run()
    assert titles(at) == []
    assert "No run has all of these words" in words(at)
    at.text_input(key="runs-search").set_value("").run()
    at.selectbox(key="runs-sort").set_value("title").run()
    assert titles(at) == ["run a", "run b", "run c"]


def test_ticked_runs_are_deleted_and_come_back(store: RunStore) -> None:
    for name in ("one", "two", "three"):
        make(store, name)
    at = page()
    assert at.button(key="runs-delete").disabled
    at.checkbox(key="run-tick-one").check()
    at.checkbox(key="run-tick-two").check().run()
    at.button(key="runs-delete").click().run()
    assert titles(at) == ["run three"]
    assert "Deleted: 2 runs" in "".join(str(text.value) for text in at.text)
    at.button(key="runs-undo-button").click().run()
    assert set(titles(at)) == {"run one", "run two", "run three"}
    assert not at.exception


def test_a_run_that_goes_on_is_not_deleted(store: RunStore) -> None:
    make(store, "one", state="running")
    at = page()
    at.checkbox(key="run-tick-one").check().run()
    at.button(key="runs-delete").click().run()
    assert titles(at) == ["run one"]
    assert "still going" in words(at)


def test_two_ticked_runs_are_compared(store: RunStore) -> None:
    make(store, "one")
    make(store, "two", model="gan")
    at = page()
    assert at.button(key="runs-compare").disabled
    at.checkbox(key="run-tick-one").check()
    at.checkbox(key="run-tick-two").check().run()
    at.button(key="runs-compare").click().run()
    assert at.multiselect(key="compare-runs").value == ["two", "one"]


def test_curves_of_what_most_runs_have_come_first(store: RunStore) -> None:
    make(store, "one")
    make(store, "two")
    make(store, "three", model="gan")
    for folder in (store.find("one"), store.find("two"), store.find("three")):
        for step, value in ((30, 0.5), (40, 0.6)):
            folder.append({"event": "evaluation", "step": step, "seconds": 3.0, "metrics": {"coverage": value}})
    told = [tracks_of(store.find(name)) for name in ("one", "two", "three")]
    assert quantities(told)[0] == "quality/coverage"
    at = page()
    assert at.selectbox(key="runs-quantity").value == "quality/coverage"


def test_damaged_and_hostile_runs_do_not_hide_the_others(store: RunStore) -> None:
    make(store, "good")
    odd = make(store, "odd")
    odd.rename("<script>alert(1)</script>")
    (odd.path / "frames" / "00000010.safetensors").write_bytes(b"nothing")
    (odd.path / "history.jsonl").write_text('{"event": "evaluation", "metrics": {"<b>": [1]}}\n{"event": 7}\nx\n')
    broken = make(store, "broken")
    (broken.path / "status.json").write_text("[")
    at = page()
    assert set(titles(at)) == {"run good", plain("<script>alert(1)</script>"), "Damaged run"}
    assert "<script>" not in words(at)
    assert thumbnail(odd) is None
    assert facts(broken).config is None
    at.checkbox(key="run-tick-broken").check().run()
    at.button(key="runs-delete").click().run()
    assert "run good" in titles(at)
    assert not (store.root / "broken").exists()


def test_what_changed_names_model_and_data_first() -> None:
    vae, gan = small("vae", "digits"), small("gan", "digits")
    assert changes(vae, gan) == ["GAN instead of VAE"]
    assert changes(vae, small("vae", "ring")) == ["Ring of 8 instead of Digits"]
    assert changes_in_words(vae, vae) == "the same settings again"
    far: RunConfig = preset("vae", "digits", spec_of("digits"), "fast").changed(
        {"width": 64, "depth": 1, "seed": 9, "latent_dim": 3, "batch_size": 32, "steps": 7}
    )
    assert "more" in changes_in_words(preset("vae", "digits", spec_of("digits"), "fast"), far)
