"""The level: one table says from where on things are shown, one choice holds on all pages, no wish is lost."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from genmodels.config import RunConfig
from genmodels.training.folder import RunFolder, Status
from genmodels.training.store import RunStore, owner_key
from pages.parts import form, levels, studio
from pages.parts.learn.markup import LEVELS, Level
from pages.parts.playground_desk.choice import Choice
from tests.small_runs import small
from tests.train.pages import OWNER, Idle, history, words

ROOT = Path(__file__).parents[1]
PAGES = ("home", "playground", "train", "explore", "compare", "runs", "learn")
KINDS = ("button", "selectbox", "select_slider", "slider", "number_input", "toggle", "expander", "segmented_control")
FROM: dict[str, dict[Level, str]] = {
    "home": {"curious": "train-vae", "student": "The evidence lower bound", "engineer": "Raw numbers"},
    "playground": {"curious": "play-set-gan-loss", "student": "Distance to the data", "engineer": "Gradients"},
    "compare": {"curious": "Reconstructions", "student": "compare-quantity", "engineer": "Gradients"},
    "runs": {"curious": "run-open-two", "student": "Latent size 4 → 8", "engineer": "Raw numbers"},
}
"""What is seen from each level on, by page: a word, or the key of a widget."""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    runs = RunStore(tmp_path / "runs", Idle())
    monkeypatch.setattr(studio, "store", lambda: runs)
    return runs


def make(store: RunStore, name: str, config: RunConfig) -> None:
    folder = RunFolder.create(store.root / name, config, owner=owner_key(OWNER), title=f"run {name}")
    for line in history(config.model):
        folder.append(line)
    folder.write_status(Status(state="finished", step=20, seconds=2.0, progress=1.0))


def page(name: str, **parameters: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.session_state["_owner_id"] = OWNER
    at.session_state["_wanted_page"] = (f"pages/{name}.py", {key: [value] for key, value in parameters.items()})
    at.run()
    assert not at.exception
    return at


def seen(at: AppTest) -> str:
    """Words, labels, keys and choices of everything on the page."""
    widgets = [widget for kind in KINDS for widget in at.get(kind)]
    told = [f"{getattr(widget, 'key', '')} {widget.label}" for widget in widgets]
    menus = [option for menu in at.get("menu_button") for option in menu.proto.options]
    return "\n".join([words(at), *(text.value for text in at.markdown), *told, *menus])


def test_the_table_says_all_and_nothing_else() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "pages").rglob("*.py"))
    assert set(re.findall(r'levels\.shows\("([a-z-]+)"', source)) == set(levels.FROM)
    assert set(levels.FROM.values()) == {"student", "engineer"}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", FROM)
def test_a_page_shows_what_the_level_asks_for(store: RunStore, name: str, level: Level) -> None:
    for run, size in (("one", 4), ("two", 8)):
        make(store, run, small("vae", "digits", latent_dim=size))
    told = seen(page(name, level=level))
    for first, part in FROM[name].items():
        assert (part in told) == (LEVELS.index(level) >= LEVELS.index(first)), part


@pytest.mark.parametrize("hide", ["", "share"])
def test_one_choice_holds_on_all_pages(store: RunStore, hide: str) -> None:
    at = page("learn", lesson="kl", level="engineer", **({"hide": hide} if hide else {}))
    for name in PAGES:
        at.query_params.clear()  # as links between pages do
        at.switch_page(f"pages/{name}.py").run()
        assert not at.exception
        assert at.session_state["level"] == "engineer", name
    at.session_state["level"] = "curious"
    at.run()
    for name in reversed(PAGES):
        at.query_params.clear()
        at.switch_page(f"pages/{name}.py").run()
        assert at.session_state["level"] == "curious", name


def test_what_a_link_or_the_visitor_asked_for_stays_in_sight(store: RunStore) -> None:
    assert "play-beside" not in seen(page("playground", level="curious"))
    assert "play-beside" in seen(page("playground", level="curious", beside="vae"))
    config = Choice("gan", changes={"lr_d": 5e-3, "data_size": 200, "lr_warmup": 7}).config()
    make(store, "changed", config)
    told = seen(page("playground", level="curious", run="changed"))
    for name in ("play-set-gan-lr_d", "play-set-data_size", "play-set-gan-lr_warmup", "play-set-gan-loss"):
        assert name in told
    assert "play-set-gan-lr_g" not in told


def test_an_engineer_can_set_everything(store: RunStore) -> None:
    told = seen(page("playground", level="engineer"))
    config_class = Choice().config_class
    needless = {"encoder_layers", "decoder_layers", "data_size"}  # of another network; with the points
    assert all(f"play-set-gan-{s.name}" in told for s in form.settings(config_class) if s.name not in needless)
