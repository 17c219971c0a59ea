"""Challenges and the tour without a browser: what they look at, and that nothing but a run decides."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from genmodels.training.folder import RunFolder
from pages.parts import kept, studio, tour
from pages.parts.learn import challenges
from pages.parts.learn.challenges import CHALLENGES, ink
from pages.parts.tour.steps import steps
from tests.small_runs import small

ROOT = Path(__file__).parents[1]


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict:
    """A session of its own for what is kept."""
    state: dict = {kept._STATE: {}}
    monkeypatch.setattr(st, "session_state", state)
    return state


def own_run(root: Path, name: str, loss: str, js: list[tuple[int, float]]) -> RunFolder:
    """A run that has told these divergences, without having been trained."""
    folder = RunFolder.create(root / name, small("gan", "ring", loss=loss), title=name)
    lines = [{"event": "evaluation", "step": step, "seconds": 1.0, "metrics": {"js": value}} for step, value in js]
    (folder.path / "history.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def test_a_divergence_counts_only_within_its_steps(tmp_path, monkeypatch, session) -> None:
    runs = [own_run(tmp_path, "late", "minimax", [(400, 0.3), (900, 0.01)])]
    monkeypatch.setattr(studio, "own_runs", lambda: runs)
    verdict = CHALLENGES["quick-ring"]().check()
    assert not verdict.solved
    assert "0.300" in verdict.evidence
    runs.append(own_run(tmp_path, "quick", "relativistic", [(200, 0.4), (450, 0.05)]))
    verdict = CHALLENGES["quick-ring"]().check()
    assert verdict.solved
    assert verdict.answer == 2


@pytest.mark.parametrize("name", ["quick-ring", "collapse-and-cure", "thicker-stroke"])
def test_without_runs_nothing_is_solved(monkeypatch, session, name: str) -> None:
    monkeypatch.setattr(studio, "own_runs", list)
    assert not CHALLENGES[name]().check().solved


def test_some_code_has_the_ink_that_is_asked_for() -> None:
    shares = [here / centre for here, centre in (ink((x, y)) for x in (-2.0, -1.0, 1.0) for y in (-2.0, 1.0, 2.75))]
    assert min(shares) < 1 < challenges.MORE_INK <= max(shares)


def test_the_point_decides_about_the_ink(session) -> None:
    for z, enough in (((0.0, 0.0), False), ((-1.0, 2.9), True)):
        session["_explore_point"] = SimpleNamespace(subject="vae-digits@1", z=z)
        verdict = CHALLENGES["thicker-stroke"]().check()
        assert verdict.solved == enough
        assert verdict.answer == 0  # of the real digits, round ones have more ink than straight ones


def test_hostile_progress_counts_for_nothing(session) -> None:
    for value in (7, "all", ["nobody", 4, None], {"a": 1}):
        kept.put("challenges", value)
        assert challenges.solved() == frozenset()
    for value in (-1, 10_000, "3", [1], 1.5):
        kept.put("tour", value)
        assert tour.place() == 0


def test_every_target_of_the_tour_is_on_a_page() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "pages").rglob("*.py"))
    for step in steps():
        stem = re.sub(r"-(vae|generative-model)$", "", step.target)
        assert re.search(rf'["\']{stem}', source.replace(f'"{step.target}"', "", 1)), step.target


def test_a_guess_comes_before_the_answer() -> None:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run().switch_page("pages/learn.py")

    def opened() -> AppTest:
        at.session_state["challenge-tell-apart"] = True  # the test harness forgets which expander is open
        return at.run()

    assert opened().button(key="ask-tell-apart").disabled
    at.radio(key="guess-tell-apart").set_value(0)
    opened().button(key="ask-tell-apart").click()
    opened()
    assert not at.exception
    assert "held-out digits" in at.success[0].value
    assert at.session_state["_kept"]["challenges"] == ["tell-apart"]


def test_one_of_four_is_drawn_by_the_model(session) -> None:
    session["_line_up"] = (2, 5)
    shown = challenges.line_up()
    session["_line_up"] = (1, 5)
    other = challenges.line_up()
    assert shown.shape == (4, 28, 28, 1)
    assert (shown[[0, 3]] == other[[0, 3]]).all()
    assert (shown[2] == other[1]).all()
    assert CHALLENGES["which-is-generated"]().check().answer == 1
