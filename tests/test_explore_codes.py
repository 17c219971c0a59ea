"""The codes of Explore without a browser: their projections, what is chosen among them, and their table."""

import csv
from concurrent.futures import wait
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from genmodels.errors import UserError
from genmodels.latent.bookmarks import MOST_NUMBERS, Bookmark
from pages.parts.explore import chosen, codes, marks
from tests.explore_runs import subject, visit


@pytest.mark.parametrize("kind", ["tsne", "umap"])
def test_a_projection_that_fails_says_so(runs: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(x: torch.Tensor) -> None:
        raise RuntimeError("out of luck")

    monkeypatch.setitem(codes.SETTLING, kind, (fail, 1))
    codes._settling.clear()
    at = visit(run="vae12")
    wait([codes._settling(subject(runs, "vae12").name, kind, subject(runs, "vae12").codes).work])
    at.get("button_group")[1].set_value(kind).run()
    assert not at.exception
    assert any("could not be projected" in caption.value for caption in at.caption)
    codes._settling.clear()


@pytest.mark.parametrize("kind", ["pca", "axes", "space"])
def test_codes_are_seen_in_every_projection(runs: Path, kind: str) -> None:
    at = visit(run="vae12")
    at.get("button_group")[1].set_value(kind).run()
    assert not at.exception
    axes = {box.label for box in at.selectbox if box.key in ("explore-code-x", "explore-code-y")}
    assert axes == ({"Across", "Up"} if kind == "axes" else set())
    assert bool(at.get("plotly_chart")) == (kind == "space")


def test_two_dimensions_are_shown_as_they_are(runs: Path) -> None:
    model = subject(runs, "vae2")
    assert torch.equal(codes._plane(model.name, model, "axes", (0, 1)), model.codes)
    at = visit(run="vae2")
    assert any("as they are" in caption.value for caption in at.caption)


def test_the_mean_of_what_is_chosen_becomes_z(runs: Path) -> None:
    model = subject(runs, "vae2")
    indices = tuple(range(0, len(model.codes), 7))
    at = visit(run="vae2")
    at.session_state["_explore_chosen"] = (model.name, indices)
    at.run()
    assert any(caption.value.startswith(f"**{len(indices)} chosen**: ") for caption in at.caption)
    at.button(key="explore-chosen-mean").click().run()
    assert not at.exception
    mean = model.codes[list(indices)].double().mean(0)
    np.testing.assert_allclose(at.session_state["_explore_point"].z, mean, atol=6e-4)
    at.button(key="explore-chosen-keep").click().run()
    assert not at.exception
    (group,) = marks.listed(model)
    assert (group.name, group.kind, len(group.codes)) == ("selection 1", "group", len(indices))
    np.testing.assert_allclose(group.mean(), mean, atol=6e-4)
    at.button(key="explore-chosen-clear").click().run()
    assert not any("chosen**" in caption.value for caption in at.caption)
    assert at.button(key="explore-chosen-keep").disabled


def test_a_choice_that_is_too_large_to_keep_says_so(runs: Path) -> None:
    model = subject(runs, "vae2")
    most = MOST_NUMBERS // 2
    marks.add(model, Bookmark("many", "group", ((0.0, 0.0),) * most))
    at = visit(run="vae2")
    at.session_state["_explore_chosen"] = (model.run, (0, 1))
    at.run()
    at.button(key="explore-chosen-keep").click().run()
    assert not at.exception
    assert f"{most:,} codes" in at.toast[0].value
    assert [mark.name for mark in marks.listed(model)] == ["many"]


def test_what_is_no_bookmark_is_refused_in_a_sentence(runs: Path) -> None:
    model = subject(runs, "vae2")
    for name, code in (("far", torch.tensor([[1e9, 0.0]])), ("", torch.zeros(1, 2))):
        with pytest.raises(UserError, match="cannot be kept"):
            marks.make(model, name, "point", code)
    assert marks.listed(model) == []


def test_a_choice_belongs_to_its_model(runs: Path) -> None:
    at = visit(run="vae2")
    at.session_state["_explore_chosen"] = (subject(runs, "vae12").name, (0, 1))
    at.session_state["_explore_ringed"] = (subject(runs, "vae12").name, 0)
    at.run()
    assert not at.exception
    assert at.button(key="explore-chosen-clear").disabled


def test_the_clicked_code_is_ringed_with_its_nearest(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = subject(runs, "vae12")
    monkeypatch.setattr(chosen.st, "session_state", {})
    assert chosen.neighbours(model) == ()
    chosen.ring(model, 5)
    distance = (model.codes.double() - model.codes[5].double()).norm(dim=1)
    distance[5] = -1
    assert set(chosen.neighbours(model)) == set(distance.argsort()[:9].tolist())
    assert chosen.neighbours(model)[0] == 5
    chosen.clear()
    assert chosen.neighbours(model) == ()


def test_what_is_chosen_is_counted_by_class(runs: Path) -> None:
    model = subject(runs, "vae2")
    labels = model.examples.labels
    assert labels is not None
    of = {label: torch.where(labels == label)[0].tolist() for label in range(6)}
    some = [*of[4][:3], *of[1][:2]]
    assert chosen.counted(model, tuple(some)) == ": 3 × “4”, 2 × “1”"
    assert chosen.counted(model, tuple(some + of[0][:1] + of[2][:1] + of[5][:1])).endswith(", 1 other")


def test_a_class_is_no_formula(runs: Path) -> None:
    model = subject(runs, "vae2")
    names = ("=1+1", "-1", "@a", *model.examples.classes[3:])
    odd = replace(model, examples=replace(model.examples, classes=names))
    said = [row[0] for row in csv.reader(codes.codes_csv(odd).splitlines()[1:])]
    assert set(said) == {"'=1+1", "-1", "'@a", *names[3:]}


def test_codes_are_a_table(runs: Path) -> None:
    model = subject(runs, "vae2")
    lines = codes.codes_csv(model).splitlines()
    assert lines[0] == "class,z1,z2"
    assert len(lines) == 1 + len(model.examples.x)
    label, *values = lines[1].split(",")
    assert label == '"0"'
    torch.testing.assert_close(torch.tensor([float(v) for v in values]), model.codes[0], atol=1e-3, rtol=1e-3)
