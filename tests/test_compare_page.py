"""The Compare page without a browser: the default, hostile addresses, races, one setting changed."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from genmodels.config import RunConfig
from genmodels.training.folder import RunFolder, Status
from genmodels.training.store import RunStore, owner_key
from pages.parts import studio
from pages.parts.compare_desk import choice, race
from tests.small_runs import small, until
from tests.train.pages import OWNER, STRANGER, Idle, fixed, frame, history, words

ROOT = Path(__file__).parents[1]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    runs = RunStore(tmp_path / "runs", Idle())
    monkeypatch.setattr(studio, "store", lambda: runs)
    return runs


def make(store: RunStore, name: str, model: str = "vae", state: str = "finished", **changes: object) -> RunFolder:
    config = small(model, "digits", latent_dim=4, **changes)
    folder = RunFolder.create(store.root / name, config, owner=owner_key(OWNER), title=f"<i>{name}</i>")
    folder.write_fixed(fixed("digits"))
    folder.write_frame(10, frame(model, "digits"))
    for line in history(model):
        folder.append(line)
    folder.write_status(Status(state=state, step=20, seconds=2.0, progress=0.5))
    return folder


def page(owner: str = OWNER, **parameters: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.session_state["_owner_id"] = owner
    at.session_state["_wanted_page"] = ("pages/compare.py", {name: [value] for name, value in parameters.items()})
    at.run()
    assert not at.exception
    return at


def shown(at: AppTest) -> list[str]:
    (runs,) = (widget for widget in at.multiselect if str(widget.key).startswith("compare-runs"))  # in any turn
    return runs.value


def test_the_bundled_vae_and_gan_are_compared_at_once(store: RunStore) -> None:
    at = page()
    assert shown(at) == ["vae-digits", "gan-digits"]
    told = words(at)
    assert "reconstruction" in told.casefold()

    def verdict() -> bool:
        at.run()
        assert not at.exception
        return "gan-digits draws the sharper pictures" in words(at)

    until(verdict)
    told = words(at)
    assert "of the data: coverage" in told
    assert "vae-digits was faster" in told
    assert "real against real" in told
    assert "latent size 2, 32" in told
    curious = words(page(level="curious"))
    assert "samples of gan-digits are sharper" in curious
    assert "of the data: coverage" not in curious


def test_own_runs_come_from_the_address_and_their_names_are_only_text(store: RunStore) -> None:
    make(store, "one")
    make(store, "two", model="gan")
    at = page(runs="one.two")
    assert shown(at) == ["one", "two"]
    told = words(at)
    assert "&lt;i&gt;one&lt;/i&gt;" in told
    assert "<i>one</i></b>" not in told
    assert "no encoder" in told


@pytest.mark.parametrize(
    "address", ["../../etc.one", "no-such-run", "\x00.%00", "a" * 10_000, "." * 500, "one.two.one.one.nobody"]
)
def test_a_hostile_address_ends_in_words(store: RunStore, address: str) -> None:
    make(store, "one")
    at = page(runs=address)
    assert shown(at) in (["vae-digits", "gan-digits"], ["one"])
    assert len(at.warning) <= choice.MOST


def test_a_damaged_run_does_not_take_the_others_with_it(store: RunStore) -> None:
    make(store, "one")
    broken = make(store, "two")
    (broken.path / "status.json").write_text("{")
    at = page(runs="one.two")
    assert any("damaged" in warning.value for warning in at.warning)
    assert "&lt;i&gt;one&lt;/i&gt;" in words(at)


def test_strangers_runs_are_not_offered(store: RunStore) -> None:
    make(store, "one")
    assert not any("one" in option for option in page(owner=STRANGER).multiselect(key="compare-runs").options)


def test_a_race_is_fair_and_waits_in_line(store: RunStore) -> None:
    at = page()
    at.slider(key="race-latent").set_value(6)
    at.select_slider(key="race-seconds").set_value(15)
    at.number_input(key="race-seed").set_value(5)
    at.run()
    at.button(key="race-start").click().run()
    assert not at.exception
    runs = [store.find(run_id) for run_id in shown(at)]
    configs = [folder.config() for folder in runs]
    assert [config.model for config in configs] == ["vae", "gan"]
    for config in configs:
        assert (config.latent_dim, config.seconds, config.steps, config.seed, config.data) == (6, 15, None, 5, "digits")
    assert "in line" in "".join(str(bar.text) for bar in at.get("progress")) or "Waiting" in words(at)


def test_too_many_runs_at_a_time_are_refused_all_of_them(store: RunStore) -> None:
    for number in range(3):
        make(store, f"going-{number}", state="running")
    at = page()
    at.button(key="race-start").click().run()
    assert any("stop one of them first" in warning.value for warning in at.warning)
    assert len(store.listed(OWNER)) == 3


def test_the_same_run_with_one_setting_changed_stands_beside_it(store: RunStore) -> None:
    make(store, "one", seed=3)
    at = page(runs="one")
    at.selectbox(key="same-setting").set_value("seed").run()
    at.number_input(key="same-value-one-seed").set_value(8).run()
    at.button(key="same-start").click().run()
    assert not at.exception
    first, second = (store.find(run_id).config() for run_id in shown(at))
    assert first.seed == 3
    assert second == first.changed({"seed": 8})


@pytest.mark.parametrize("models", [["vae", "gan"], ["ae", "vq-vae", "cvae", "vae-gan"]])
def test_every_model_can_race_under_the_same_conditions(models: list[str]) -> None:
    configs: list[RunConfig] = race.fair(models, "digits", {"latent_dim": 8, "seconds": 30, "seed": 0})
    assert len({(c.data, c.seed, c.latent_dim, c.steps, c.seconds) for c in configs}) == 1
