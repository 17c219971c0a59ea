"""Explore through the training of a run: the film, and the moments at which the whole page can stand."""

import os
import shutil
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from genmodels.training.folder import RunFolder
from genmodels.training.store import bundled
from pages.parts.explore import moment, time
from pages.parts.explore.sections import SECTIONS
from pages.parts.explore.subject import open_subject, version
from tests.explore_runs import parameter, subject, visit


def test_a_run_of_which_only_the_end_was_kept_has_no_film(runs: Path) -> None:
    for file in sorted((runs / "vae2" / "frames").iterdir())[:-1]:
        file.unlink()
    assert "Only the end" in visit(run="vae2", show="time").info[0].value


def test_a_film_without_weights_says_why_z_is_missing(runs: Path) -> None:
    assert not any("only pictures are kept" in text.value for text in visit(run="vae2", show="time").caption)
    shutil.rmtree(runs / "vae2" / "weights")
    at = visit(run="vae2", show="time")
    assert any("only pictures are kept" in text.value for text in at.caption)


def test_damaged_moments_are_said_in_one_sentence(runs: Path) -> None:
    for part in ("frames", "weights"):
        for file in (runs / "vae2" / part).iterdir():
            file.write_bytes(b"no tensors")
    os.utime(runs / "vae2" / "model.safetensors", ns=(1, 1))  # another version: nothing is remembered of it
    assert "damaged" in visit(run="vae2", show="time").warning[0].value


def standing(at: AppTest) -> str:
    """What the page says of the moment at which it stands."""
    return next(
        (text.value for text in at.markdown if "As it was" in text.value or "end of training" in text.value), ""
    )


def test_the_page_stands_at_a_moment_of_the_run(runs: Path) -> None:
    at = visit(run="vae2", step="0", z="0.5_-1", show="time")
    now = at.session_state["_explore_point"]
    assert standing(at).endswith("**As it was at step 0 of 60**")
    assert (now.subject, now.z) == (subject(runs, "vae2").name + ".0", (0.5, -1.0))
    folder = RunFolder(runs / "vae2")
    then = open_subject(folder, version(folder), 0)
    code = torch.tensor([now.z])
    assert torch.equal(then.decode(code), (255 * folder.model(0).decode(code)).round().to(torch.uint8))
    assert not torch.equal(then.decode(code), subject(runs, "vae2").decode(code))
    assert then.order == subject(runs, "vae2").order
    assert then.examples is subject(runs, "vae2").examples
    for section in SECTIONS:
        at.query_params["show"] = section
        at.run()
        assert [*at.exception, *at.warning, *at.error] == [], section
    at.button(key="explore-moment-latest").click().run()
    assert (parameter(at, "step"), standing(at)) == (None, "")
    now = at.session_state["_explore_point"]
    assert (now.subject, now.z) == (subject(runs, "vae2").name, (0.5, -1.0))


def test_one_goes_from_moment_to_moment_and_another_run_begins_at_its_end(runs: Path) -> None:
    shutil.copy(RunFolder(runs / "vae2").weights(0), RunFolder(runs / "vae2").weights(20))
    at = visit(run="vae2", step="14")  # the nearest is taken
    assert "step 20 of 60" in standing(at)
    at.button(key="explore-moment-before").click().run()
    assert parameter(at, "step") == "0"
    assert at.button(key="explore-moment-before").disabled
    for _ in range(2):
        at.button(key="explore-moment-after").click().run()
    assert parameter(at, "step") is None
    at = visit(run="vae2", step="0")
    at.selectbox(key="explore-run").set_value("gan").run()
    assert (parameter(at, "run"), parameter(at, "step"), standing(at)) == ("gan", None, "")


@pytest.mark.parametrize("step", ["60", "55", "999999"])
def test_beyond_what_was_kept_is_the_end(runs: Path, step: str) -> None:
    at = visit(run="vae2", step=step)
    assert standing(at) == "This is the end of training, step 60."
    assert not at.warning
    assert at.session_state["_explore_point"].subject == subject(runs, "vae2").name


def test_a_moment_that_is_damaged_is_the_end(runs: Path) -> None:
    RunFolder(runs / "vae2").weights(0).write_bytes(b"no tensors")
    os.utime(runs / "vae2" / "model.safetensors", ns=(2, 2))  # another version: nothing is remembered of it
    at = visit(run="vae2", step="0")
    assert [warning.value for warning in at.warning] == [
        "What was kept of step 0 is damaged; this is the end of training."
    ]
    assert at.session_state["_explore_point"].subject == subject(runs, "vae2").name


def test_back_leads_to_the_moment_and_the_point_that_one_was_at(runs: Path) -> None:
    at = visit(run="vae2", z="0.5_-1")
    at.query_params["step"] = "0"
    at.run()
    at.button(key="explore-centre").click().run()
    assert at.session_state["_explore_point"].z == (0.0, 0.0)
    del at.query_params["step"]
    at.query_params["z"] = "0.5_-1"
    at.run()
    now = at.session_state["_explore_point"]
    assert (now.subject, now.z, parameter(at, "z")) == (subject(runs, "vae2").name, (0.5, -1.0), "0.5_-1")


def test_where_the_slider_rests_is_checked(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone: list[int | None] = []
    monkeypatch.setattr(moment, "go", gone.append)
    now = subject(runs, "vae2")
    assert time.moments(now) == [0, 60]
    good = {"name": now.run, "step": 0}
    for answer in (None, 3, {}, good | {"step": 7}, good | {"step": True}, good | {"step": "0"}, good | {"name": "x"}):
        time.rested(now, answer)
    time.rested(now, good | {"step": 60})  # one is there already
    assert gone == []
    time.rested(now, good)
    then = open_subject(now.folder, now.version, 0)
    time.rested(then, good)
    time.rested(then, good | {"step": 60})
    assert gone == [0, None]


def test_decoders_too_large_to_be_sent_leave_z_through_time_to_the_page(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "MOST_BYTES", 1000)
    at = visit(run="vae2", show="time")
    assert at.button(key="explore-time-z").label == "Update z"


def test_the_bundled_vae_of_digits_can_be_seen_as_it_was(runs: Path) -> None:
    at = visit(run="vae-digits", step="200", show="time")
    assert standing(at).endswith("**As it was at step 254 of 4,000**")
    assert not [button for button in at.button if button.key == "explore-time-z"]  # the browser follows z itself
    folder = next(run for run in bundled() if run.id == "vae-digits")
    assert folder.kept_weights() == [43, 254]
    assert all(2 <= len(run.kept_weights()) <= 3 for run in bundled())  # a megabyte each
