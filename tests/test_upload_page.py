"""Own data on the Train page, without a browser: bring, look, keep, choose, delete."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from genmodels.data import uploads
from genmodels.data.uploads import UploadStore, draft
from pages.parts.own_data import shots as shots_of
from pages.parts.train_form import closer
from tests import hostile
from tests.test_data_uploads import noisy

ROOT = Path(__file__).parents[1]


@pytest.fixture
def at(tmp_path, monkeypatch) -> AppTest:
    monkeypatch.setenv("GENMODELS_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("GENMODELS_UPLOADS", str(tmp_path / "uploads"))
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run().switch_page("pages/train.py").run()
    return choose(at, "pick-group", "upload")


def choose(at: AppTest, key: str, value: str) -> AppTest:
    at.button_group(key=key).set_value(value)
    at = at.run()
    assert not at.exception
    return at


def upload(at: AppTest, *files: tuple[str, bytes]) -> AppTest:
    at.file_uploader[0].set_value([(name, data, "application/octet-stream") for name, data in files])
    at = at.run()
    assert not at.exception
    return at


def zipped(n: int = 12) -> bytes:
    return hostile.zipped({f"{'cats' if i % 3 else 'dogs'}/{i}.png": noisy(i) for i in range(n)} | {"a.txt": b"a"})


def test_a_zip_is_shown_before_it_is_kept_and_then_chosen(at) -> None:
    assert any("listed for you alone" in caption.value for caption in at.caption)
    assert not [button for button in at.button if button.key == "start"]
    at = upload(at, ("my pets.zip", zipped()))
    assert "12 pictures, 32 × 32, colour" in [heading.value for heading in at.subheader]
    assert any("by heart" in warning.value for warning in at.warning)
    assert any("its name is not" in text.value for text in at.markdown)
    assert at.text_input(key="own-title-0").value == "my pets"
    assert not any(uploads.default_root().glob("*"))
    at = at.button(key="own-keep").click().run()
    assert not at.exception
    (file,) = uploads.default_root().glob("*.safetensors")
    assert at.query_params["data"] == f"upload:{file.stem}"
    assert any("12 pictures in 2 classes" in caption.value for caption in at.caption)
    assert not at.button(key="start").disabled


def test_the_look_changes_what_is_read(at) -> None:
    at = upload(at, ("a.zip", zipped()))
    at = choose(at, "own-size", 48)
    at = choose(at, "own-channels", 1)
    assert "12 pictures, 48 × 48, grey" in [heading.value for heading in at.subheader]


def test_what_cannot_be_read_gets_its_sentence(at) -> None:
    at = upload(at, ("cats1000.bin", bytes(range(1, 255))))
    assert any("numpy.savez" in error.value for error in at.error)
    assert not [button for button in at.button if button.key == "own-keep"]


def test_points_are_shown_and_kept(at) -> None:
    at = upload(at, ("p.csv", b"".join(b"%d,%d,%s\n" % (i, i * i % 7, b"ab"[i % 2 : i % 2 + 1]) for i in range(60))))
    assert "60 points" in [heading.value for heading in at.subheader]
    at = at.button(key="own-keep").click().run()
    assert not at.exception
    assert not at.button(key="start").disabled


def test_a_set_is_deleted_by_its_owner_and_another_one_stands_in(at) -> None:
    at = upload(at, ("a.zip", zipped()))
    at = at.button(key="own-keep").click().run()
    at = at.button(key="own-delete-yes").click().run()
    assert not at.exception
    assert not any(uploads.default_root().glob("*"))
    assert any("listed for you alone" in caption.value for caption in at.caption)


def test_somebody_elses_set_is_not_taken_from_an_address(at) -> None:
    kept = UploadStore().keep(draft([("a.zip", zipped())]), "b" * 32)
    fresh = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    fresh.query_params["data"] = kept.name
    fresh = fresh.switch_page("pages/train.py").run()
    assert not fresh.exception
    assert any("There is no data set" in info.value for info in fresh.info)


def test_a_kept_set_is_looked_at_more_closely(at) -> None:
    """Twelve pictures of noise, one of them given twice."""
    files = {f"{'cats' if i % 3 else 'dogs'}/{i}.png": noisy(i) for i in range(12)}
    at = upload(at, ("pets.zip", hostile.zipped(files | {"cats/again.png": noisy(1), "cats/more.png": noisy(1)})))
    at.button(key="own-keep").click().run()
    seen = closer._closer(at.query_params["data"], (), None, 0, None)
    assert seen.train + seen.test == 14
    assert sum(seen.classes.values()) == seen.train
    assert seen.means.shape == (3, 32, 32, 3)
    assert seen.repeats + seen.leaked >= 2
    assert seen.distances[0] == 0 or seen.leaked
    assert "cop" in closer._twice(seen) or "held-out" in closer._twice(seen)


def test_a_part_of_a_set_is_looked_at() -> None:
    seen = closer._closer("digits", ("3", "7"), 50, 0, None)
    assert seen.train == 50
    assert list(seen.classes) == ["3", "7"]
    assert len(seen.means) == 3
    assert "Nothing occurs twice" in closer._twice(seen)


def test_drawings_and_shots_become_classes_up_to_a_limit() -> None:
    shots: list = []
    assert shots_of._take(shots, "a/b ", "png", b"1")
    assert shots_of._take(shots, " ", "png", b"2")
    assert shots == [("a b/000.png", b"1"), ("-/001.png", b"2")]
    shots *= shots_of.MOST
    assert not shots_of._take(shots, "a", "png", b"3")
