"""Explore without a browser: what is drawn or uploaded, key frames, sums, neighbours, bookmarks, and the judge."""

import io
import json
import shutil
from concurrent.futures import wait
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from genmodels.data.files import limits
from genmodels.errors import UserError
from genmodels.latent.bookmarks import FILE, Bookmark, as_json, load
from genmodels.latent.interpolate import WAYS, through
from pages.parts.draw_pad import checked
from pages.parts.explore import desk, drawing, marks, path_map, posterior, search
from pages.parts.explore.neighbours import histogram_svg
from pages.parts.explore.places import Place
from pages.parts.explore.subject import training
from tests.explore_runs import subject, visit


def z(at: AppTest) -> torch.Tensor:
    return torch.tensor(at.session_state["_explore_point"].z)


def words(at: AppTest) -> str:
    return " ".join(element.value for element in [*at.markdown, *at.caption, *at.warning, *at.info])


# ---------------------------------------------------------------- draw


def test_a_test_sample_on_the_pad_is_encoded_and_taken(runs: Path) -> None:
    at = visit(run="vae12", show="draw")
    assert "Draw on the left" in words(at)
    at.number_input(key="explore-draw-sample").set_value(5).run()
    assert not at.exception
    assert "nats said about it" in words(at)
    at.button(key="explore-draw-take").click().run()
    torch.testing.assert_close(z(at), subject(runs, "vae12").codes[4], atol=6e-4, rtol=0)


def test_a_generator_searches_for_the_sample(runs: Path) -> None:
    at = visit(run="gan", show="draw")
    assert "no way back" in words(at)
    at.number_input(key="explore-draw-sample").set_value(2).run()
    found = at.session_state[search._STATE]
    wait([found.work], timeout=120)
    at.run()
    assert not at.exception
    assert len(found.told) > 100
    last = found.told[-1]
    assert last.error.min() < found.told[0].error.min()
    at.button(key="explore-draw-take").click().run()
    torch.testing.assert_close(z(at), last.z[last.best].clamp(-30, 30), atol=6e-4, rtol=0)
    # the code of the drawing can now be picked elsewhere
    at.segmented_control(key="explore-section").set_value("interpolate").run()
    assert "Drawing" in at.selectbox(key="explore-key0-kind").options


@pytest.mark.parametrize("name", ["cvae", "cgan"])
def test_a_conditional_model_names_the_class(runs: Path, name: str) -> None:
    at = visit(run=name, show="draw")
    at.number_input(key="explore-draw-sample").set_value(1).run()
    if name == "cgan":
        at.selectbox(key="explore-draw-class").set_value(3).run()
        wait([at.session_state[search._STATE].work], timeout=120)
        assert at.session_state[search._STATE].told[-1].label.tolist() == [3] * 6
        assert "as 3" in words(at.run())
    else:
        assert "read as" in words(at)
    assert not at.exception


def test_the_search_beside_the_encoder(runs: Path) -> None:
    at = visit(run="vae2", show="draw")
    at.toggle(key="explore-draw-search").set_value(True)
    at.number_input(key="explore-draw-sample").set_value(1).run()
    wait([at.session_state[search._STATE].work], timeout=120)
    at.run()
    assert not at.exception
    assert "amortisation gap" in words(at)
    told = at.session_state[search._STATE].told
    model = subject(runs, "vae2")
    torch.testing.assert_close(told[0].z[0], model.codes[0])  # on from the encoder's guess
    assert told[-1].error.min() <= told[0].error[0]
    assert sum(len(found.x) > 0 for found in told) < len(told) / 4


def test_what_is_drawn_in_a_corner_is_moved_to_the_middle(runs: Path) -> None:
    model = subject(runs, "vae2")
    picture = torch.zeros(1, 1, 28, 28, dtype=torch.uint8)
    picture[..., 2:5, 20:25] = 255
    drawing.drawn(model, picture, True)
    torch.testing.assert_close(drawing.code(model), model.encode(drawing.seen(model))[0])
    assert drawing.seen(model)[0, 0, 13, 13] == 255
    at = visit(run="vae2", show="draw")
    assert at.toggle(key=drawing.CENTRE).value


def test_a_new_picture_gives_up_the_old_search(runs: Path) -> None:
    model = subject(runs, "gan")
    first = search.begin(model, model.examples.x[:1], None, True)
    assert search.begin(model, model.examples.x[:1], None, True) is first
    live = search.begin(model, model.examples.x[1:2], None, False)
    assert first.given_up.is_set()
    assert live.done
    assert len(live.told) == search.LIVE_STEPS + 1


@pytest.mark.parametrize(
    "answer",
    [
        None,
        3,
        {},
        {"picture": "AP8=", "revision": 2},
        {"picture": "AP8", "revision": 1},
        {"picture": "AP8A", "revision": 1},
        {"picture": "????", "revision": 1},
        {"picture": "\u20ac" * 4, "revision": 1},
        {"picture": "A" * 10_000_000, "revision": 1},
        {"picture": ["AP8="], "revision": 1},
    ],
)
def test_what_the_pad_sends_is_checked(answer: object) -> None:
    assert checked(answer, (1, 2, 1), 1) is None
    good = checked({"picture": "AP8=", "revision": 1}, (1, 2, 1), 1)
    assert good is not None
    assert not good.resting


def png(picture: np.ndarray, kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, kind)
    return buffer.getvalue()


def test_an_upload_becomes_a_picture_of_the_models_kind(runs: Path) -> None:
    model = subject(runs, "vae2")
    dark_on_light = np.full((300, 200, 3), 255, np.uint8)
    dark_on_light[100:200, 90:110] = 0
    assert drawing.upload(model, "a.png", png(dark_on_light), whole=False, negative=None)
    now = drawing.current(model).picture
    assert (now.shape, now.dtype) == ((1, 1, 28, 28), torch.uint8)
    assert now[0, 0, 0, 0] == 0  # as the digits: light on dark
    assert now[0, 0, 14, 14] > 200
    revision = drawing.current(model).revision
    assert not drawing.upload(model, "a.png", png(dark_on_light, "JPEG"), whole=True, negative=False)
    assert drawing.current(model).picture[0, 0, 0, 0] > 250
    assert drawing.current(model).revision == revision + 1


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n" + b"\0" * 99, b"<svg onload='x'/>", b"%PDF-1.7"])
def test_a_hostile_upload_is_one_sentence(runs: Path, data: bytes) -> None:
    with pytest.raises(UserError) as caught:
        drawing.upload(subject(runs, "vae2"), "<script>" * 99, data, whole=False, negative=None)
    assert len(str(caught.value)) < 200


def test_a_huge_upload_is_refused_unread(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_PICTURE_PIXELS", 99)
    with pytest.raises(UserError, match="pixels"):
        drawing.upload(subject(runs, "vae2"), "a.png", png(np.zeros((10, 10), np.uint8)), whole=False, negative=None)
    monkeypatch.setattr(limits, "MAX_PICTURE_BYTES", 10)
    with pytest.raises(UserError, match="larger"):
        drawing.upload(subject(runs, "vae2"), "a.png", png(np.zeros((5, 5), np.uint8)), whole=False, negative=None)


def test_figures_of_the_posterior(runs: Path) -> None:
    from genmodels.latent.posterior import draws

    model = subject(runs, "vae12")
    seen = draws(model.model, model.examples.x[:1])
    plane, bars = posterior.plane_svg(model, seen), posterior.bars_svg(model, seen)
    assert plane.count("<ellipse") == 2
    assert bars.count('class="fill-mu"') == posterior.BARS
    for svg in (plane, bars):
        assert "nan" not in svg
    assert posterior.deviation(seen).max() == 255


# ---------------------------------------------------------------- key frames


def test_key_frames_come_and_go(runs: Path) -> None:
    at = visit(run="vae12", show="interpolate")
    at.button(key="explore-key-add").click().run()
    at.selectbox(key="explore-key2-kind").set_value("class").run()
    at.selectbox(key="explore-key2-class").set_value("7").run()
    assert not at.exception
    at.slider(key="explore-overshoot").set_value(0.5).run()
    at.button(key="explore-key-throw").click().run()
    assert not at.exception
    assert at.number_input(key="explore-key5-seed")
    assert at.button(key="explore-key-add").disabled
    for _turn in range(4):
        at.button(key="explore-key-remove").click().run()
    assert at.button(key="explore-key-remove").disabled
    # another model: what was chosen and is not there any more is forgotten
    at.selectbox(key="explore-key0-kind").set_value("sample").run()
    at.selectbox(key="explore-run").set_value("gan").run()
    assert not at.exception
    assert at.selectbox(key="explore-key0-kind").value == "seed"


def test_ways_are_shown_on_the_map_with_their_neighbours(runs: Path) -> None:
    at = visit(run="vae12", show="interpolate")
    assert not at.exception
    assert "half of all codes have at least 10 others" in words(at)
    model = subject(runs, "vae12")
    keys = [Place("<a>", model.codes[0]), Place("b", model.codes[1]), Place("c", model.codes[2])]
    codes = torch.stack([key.code for key in keys])
    svg = path_map.map_svg(model, {name: through(codes, 5, way) for name, way in WAYS.items()}, keys, 3.0)
    assert (svg.count("<polyline"), svg.count('class="key"')) == (3, 3)
    assert svg.count('style="stroke:light-dark') == 10  # codes of ten classes
    assert "&lt;a&gt;" in svg
    assert "<a>" not in svg
    assert "nan" not in svg


def test_a_gan_has_ways_but_no_neighbours(runs: Path) -> None:
    at = visit(run="gan", show="interpolate")
    assert not at.exception
    assert "no neighbours to count" in words(at)


# ---------------------------------------------------------------- sums


def test_the_result_of_a_sum_is_taken(runs: Path) -> None:
    at = visit(run="vae12", show="arithmetic")
    means = subject(runs, "vae12").class_means
    assert means is not None
    at.slider(key="explore-sum-strength").set_value(0.5).run()
    at.button(key="explore-sum-take").click().run()
    assert not at.exception
    torch.testing.assert_close(z(at), means[7] + 0.5 * (means[4] - means[1]), atol=6e-4, rtol=0)
    at.button(key="explore-sum-keep").click().run()
    (mark,) = load(runs / "vae12", 12)
    assert (mark.name, mark.kind) == ("4 − 1", "direction")
    torch.testing.assert_close(torch.tensor(mark.codes[0]), means[4] - means[1], atol=6e-5, rtol=0)
    assert "under Saved" in words(at)
    at.button(key="explore-sum-keep").click().run()
    assert "already" in at.warning[0].value


def test_a_saved_direction_is_a_slider_of_the_desk_until_it_is_forgotten(runs: Path) -> None:
    model = subject(runs, "vae12")
    marks.add(model, Bookmark("slant", "direction", (tuple([3.0, 4.0] + 10 * [0.0]),)))
    marks.add(model, Bookmark("nowhere", "direction", (tuple(12 * [0.0]),)))
    saved = marks.directions(model)
    assert [name for name, _code in saved] == ["slant"]
    *others, (group, rows) = desk._groups(model, saved)
    assert [slider.label for slider in group.sliders] == ["slant"]
    torch.testing.assert_close(rows, torch.tensor([[0.6, 0.8] + 10 * [0.0]]))
    assert len(others) == len(desk._groups(model, ()))  # it comes last: the places of the others stay
    at = visit(run="vae12", show="bookmarks")
    assert at.session_state[desk._SAVED] == saved
    at.button(key="explore-mark-0-forget").click().run()
    assert not at.exception
    assert at.session_state[desk._SAVED] == ()


def test_sums_without_class_means_say_what_to_do(runs: Path) -> None:
    assert "no class means" in words(visit(run="gan", show="arithmetic"))


# ---------------------------------------------------------------- bookmarks


def test_bookmarks_are_kept_grouped_gone_to_and_forgotten(runs: Path) -> None:
    at = visit(run="vae2", show="bookmarks", z="0.5_-1")
    at.text_input(key="explore-mark-name").set_value("*here* <b>").run()
    at.button(key="explore-mark-keep").click().run()
    at.button(key="explore-centre").click().run()
    at.button(key="explore-mark-keep").click().run()
    assert not at.exception
    assert [mark.codes for mark in load(runs / "vae2", 2)] == [((0.5, -1.0),), ((0.0, 0.0),)]
    names = [mark.name for mark in load(runs / "vae2", 2)]
    at.multiselect(key="explore-mark-members").set_value(names).run()
    at.button(key="explore-mark-group").click().run()
    assert "needs a name" in at.warning[0].value
    at.text_input(key="explore-mark-name").set_value("both").run()
    at.button(key="explore-mark-group").click().run()
    assert load(runs / "vae2", 2)[2].mean() == (0.25, -0.5)
    at.button(key="explore-mark-2-go").click().run()
    assert z(at).tolist() == [0.25, -0.5]
    at.button(key="explore-mark-0-forget").click().run()
    assert not at.exception
    assert [mark.name for mark in load(runs / "vae2", 2)] == [names[1], "both"]
    # and they can be picked wherever a place can
    at.segmented_control(key="explore-section").set_value("arithmetic").run()
    at.selectbox(key="explore-sum-a-kind").set_value("mark").run()
    at.selectbox(key="explore-sum-a-mark").set_value("both").run()
    assert not at.exception


def test_bookmarks_of_a_bundled_run_last_for_the_session(runs: Path) -> None:
    from genmodels.training.store import bundled_root

    at = visit(run="vae-digits", show="bookmarks")
    assert "not yours" in words(at)
    at.button(key="explore-mark-keep").click().run()
    assert not at.exception
    assert at.text[0].value == "place 1"
    assert not (bundled_root() / "vae-digits" / FILE).exists()


def test_bookmarks_are_brought_back_where_they_fit(runs: Path) -> None:
    here = Bookmark("*here*", "point", ((0.5, -1.0),))
    smile = Bookmark("smile", "direction", ((1.0, 0.0),))
    file = ("marks.json", as_json([here, smile]).encode(), "application/json")
    marks.add(subject(runs, "vae2"), Bookmark("smile", "point", ((0.0, 0.0),)))
    at = visit(run="vae2", show="bookmarks")
    at.file_uploader(key="explore-marks-file-0").upload(*file).run()
    assert not at.exception
    assert [mark.name for mark in load(runs / "vae2", 2)] == ["smile", "*here*", "smile 2"]
    assert [text.value for text in at.text] == ["smile", "*here*", "smile 2"]
    at.file_uploader(key="explore-marks-file-1").upload("again.json", as_json([here]).encode()).run()
    assert "here already" in at.warning[0].value
    at = visit(run="vae12", show="bookmarks")
    at.file_uploader(key="explore-marks-file-0").upload(*file).run()
    assert "this one has 12 latent dimensions" in at.error[0].value
    assert load(runs / "vae12", 12) == []


@pytest.mark.parametrize("content", ["{", '{"schema_version": 1, "marks": [{"name": "a"}]}', "[" * 9_999, "\0"])
def test_damaged_bookmarks_are_one_sentence(runs: Path, content: str) -> None:
    (runs / "vae2" / FILE).write_text(content)
    at = visit(run="vae2", show="bookmarks")
    assert len(at.warning) == 1
    at.button(key="explore-mark-keep").click().run()
    assert not at.exception
    assert len(load(runs / "vae2", 2)) == 1
    assert json.loads((runs / "vae2" / FILE).read_text())["schema_version"] == 1


def test_marks_of_another_latent_size_do_not_break_the_page(runs: Path) -> None:
    model = subject(runs, "vae12")
    marks.add(model, Bookmark("a", "point", (tuple([0.5] * 12),)))
    shutil.copy(runs / "vae12" / FILE, runs / "vae2" / FILE)
    at = visit(run="vae2", show="interpolate")
    assert "Bookmark" not in at.selectbox(key="explore-key0-kind").options


# ---------------------------------------------------------------- neighbours, samples, reconstructions


def test_neighbours_are_training_samples(runs: Path) -> None:
    at = visit(run="vae2", show="neighbours")
    assert "real held-out ones" in words(at)
    model = subject(runs, "vae2")
    train = training(model)
    assert train is not None
    assert not any(torch.equal(model.examples.x[0], sample) for sample in train)


def test_neighbours_without_the_data(runs: Path) -> None:
    about = json.loads((runs / "gan" / "run.json").read_text())
    about["config"]["data"] = str(runs / "gone.zip")
    (runs / "gan" / "run.json").write_text(json.dumps(about))
    at = visit(run="gan", show="neighbours")
    assert "not at hand" in at.info[0].value


def test_the_histogram_marks_the_sample() -> None:
    from genmodels.latent.nearest import verdict

    usual = torch.linspace(1, 3, 50)
    svg = histogram_svg(usual, 2.0, verdict(2.0, usual))
    assert svg.count("<rect") == 24
    assert "50%" in svg
    assert "nan" not in histogram_svg(torch.zeros(3), 0.0, verdict(0.0, torch.zeros(3)))


def test_the_judge_speaks_and_ranks(runs: Path) -> None:
    at = visit(run="gan", show="samples")
    assert "D takes them for real" in words(at) or "D gives them" in words(at)
    at.toggle(key="explore-samples-ranked").set_value(True).run()
    assert not at.exception
    assert "conditional GAN or VAE" in words(at)
    assert "D takes" not in words(visit(run="vae2", show="samples"))


@pytest.mark.parametrize("name", ["cvae", "cgan"])
def test_styles_and_classes(runs: Path, name: str) -> None:
    at = visit(run=name, show="samples")
    assert "Style and class apart" in words(at)
    if name == "cvae":
        at.toggle(key="explore-styles-seen").set_value(True).run()
    assert not at.exception


def test_reconstructions_say_where_they_are_unsure(runs: Path) -> None:
    assert "Unsure" in words(visit(run="cvae", show="reconstruct"))
