"""Data sets from a path: every layout, every kind of picture, the held-out part."""

import gzip
import json
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from genmodels.data import Dataset, images, load, select, spec_of
from genmodels.data.files import arrays
from genmodels.data.split import holdout
from genmodels.errors import UserError
from tests.hostile import idx_bytes, png


def encoded(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def in_folder(path: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (path / "set" / name).parent.mkdir(parents=True, exist_ok=True)
        (path / "set" / name).write_bytes(data)
    return path / "set"


def in_zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path / "set.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path / "set.zip"


@pytest.fixture(params=[in_folder, in_zip], ids=["folder", "zip"])
def pack(request) -> Callable[[Path, dict[str, bytes]], Path]:
    return request.param


def everything(data: Dataset) -> torch.Tensor:
    return torch.cat([data.train, data.test])


def only(tmp_path: Path, image: Image.Image, kind: str = "PNG", size: int = 32, **options) -> torch.Tensor:
    """The single picture ``image`` after reading, ``[C, H, W]``."""
    data = encoded(image, kind, **options)
    return load(str(in_folder(tmp_path, {f"{i}.{kind.lower()}": data for i in range(2)})), size=size).train[0]


# Layouts


def test_flat_pictures(tmp_path, pack) -> None:
    data = load(str(pack(tmp_path, {f"{i:02}.png": png(i) for i in range(20)})))
    assert data.spec.shape == (1, 28, 28)
    assert data.spec.classes == ()
    assert data.train_labels is None
    assert sorted(everything(data)[:, 0, 0, 0].tolist()) == list(range(20))  # exact, at their own size
    assert len(data.test) == 2
    assert data.title == "set"
    assert any("28 x 28" in note for note in data.notes)


def test_class_folders_below_a_common_one(tmp_path, pack) -> None:
    files = {f"top/{c}/deep{i % 2}/{i}.png": png(10 * c + i) for c in (2, 10) for i in range(10)}
    files |= {"top/readme.md": b"words", "__MACOSX/top/._1.png": b"x", "top/.hidden.png": b"x"}
    data = load(str(pack(tmp_path, files)))
    assert data.spec.classes == ("2", "10")
    assert data.test_labels.bincount().tolist() == [1, 1]
    for part, labels in ((data.train, data.train_labels), (data.test, data.test_labels)):
        assert torch.equal((part[:, 0, 0, 0] >= 100).long(), labels)


def test_pictures_beside_folders_have_no_classes(tmp_path, pack) -> None:
    data = load(str(pack(tmp_path, {"loose.png": png(), "a/1.png": png(), "b/1.png": png()})))
    assert data.train_labels is None
    assert data.spec.classes == ()
    assert any("No classes" in note for note in data.notes)


def test_idx_folder_keeps_the_official_parts(tmp_path) -> None:
    x = np.arange(12, dtype=np.uint8)[:, None, None] * np.ones((1, 28, 28), np.uint8)
    y = np.arange(12, dtype=np.uint8) % 3
    (tmp_path / "train-images-idx3-ubyte").write_bytes(idx_bytes(x[:9]))
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx_bytes(x[:9])))
    (tmp_path / "train-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx_bytes(y[:9])))
    (tmp_path / "t10k-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx_bytes(x[9:])))
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(idx_bytes(y[9:]))
    data = load(str(tmp_path))
    assert data.train[:, 0, 0, 0].tolist() == list(range(9))
    assert data.test[:, 0, 0, 0].tolist() == [9, 10, 11]
    assert data.test_labels.tolist() == [0, 1, 2]
    assert data.spec.classes == ("0", "1", "2")
    assert spec_of(str(tmp_path)) == data.spec


@pytest.mark.parametrize("packed", [False, True])
def test_idx_images_file_finds_its_labels(tmp_path, packed) -> None:
    x = np.arange(20, dtype=np.uint8)[:, None, None] * np.ones((1, 28, 28), np.uint8)
    for name, array in (("my-images-idx3-ubyte", x), ("my-labels-idx1-ubyte", x[:, 0, 0] // 10)):
        data = idx_bytes(array)
        (tmp_path / f"{name}{'.gz' * packed}").write_bytes(gzip.compress(data) if packed else data)
    data = load(str(tmp_path / f"my-images-idx3-ubyte{'.gz' * packed}"))
    assert torch.equal(data.train[:, 0, 0, 0] // 10, data.train_labels)
    assert data.test_labels.bincount().tolist() == [1, 1]


def test_idx_images_without_labels(tmp_path) -> None:
    path = tmp_path / "images.idx3-ubyte"
    path.write_bytes(idx_bytes(np.zeros((10, 28, 28), np.uint8)))
    data = load(str(path))
    assert data.train_labels is None
    assert any("no labels" in note for note in data.notes)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((10, 28, 28), (1, 28, 28)),
        ((10, 784), (1, 28, 28)),
        ((10, 3072), (3, 32, 32)),
        ((10, 32, 32, 3), (3, 32, 32)),
        ((10, 3, 32, 32), (3, 32, 32)),
        ((10, 32, 32, 4), (3, 32, 32)),
        ((10, 40, 64), (1, 32, 32)),
    ],
)
def test_npz_layouts(tmp_path, shape, expected) -> None:
    x = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    np.savez_compressed(tmp_path / "a.npz", x=x, y=np.arange(10) % 2 + 5)
    data = load(str(tmp_path / "a.npz"))
    assert data.spec.shape == expected
    assert data.spec.classes == ("5", "6")
    assert len(data.train) == 8 or len(data.train) == 9


def test_a_single_array_as_the_bitmaps_of_quick_draw_are(tmp_path, monkeypatch) -> None:
    drawings = np.random.default_rng(0).integers(0, 256, (50, 784), np.uint8)
    np.save(tmp_path / "cat.npy", drawings)
    data = load(str(tmp_path / "cat.npy"))
    assert data.title == "cat"
    assert data.spec.shape == (1, 28, 28)
    assert (len(data.train), len(data.test)) == (45, 5)
    assert {row.tobytes() for row in everything(data).flatten(1).numpy()} == {row.tobytes() for row in drawings}
    monkeypatch.setattr("genmodels.data.files.limits.MAX_ARRAY_BYTES", 10_000)
    with pytest.raises(UserError, match="give a part of it"):
        load(str(tmp_path / "cat.npy"))


def line(word: str, *strokes: list) -> str:
    return json.dumps({"word": word, "recognized": True, "drawing": strokes})


def test_strokes_as_quick_draw_writes_them(tmp_path, monkeypatch) -> None:
    cross = [[[0, 255], [0, 255]], [[255, 0], [0, 255]]]
    timed = [[[3.5, 3.5, 3.5], [10.0, 20.0, 30.0], [0, 7, 21]]]  # the raw files add the times
    lines = [line("cross", *cross), line("bar", *timed)] * 10 + ["", "no JSON", line("dot", [[9], [9]]), line("none")]
    path = tmp_path / "drawings.ndjson"
    path.write_text("\n".join(lines))
    data = load(str(path))
    assert data.spec.shape == (1, 28, 28)
    assert data.spec.classes == ("bar", "cross", "dot")
    assert "2 lines left out: no drawing." in data.notes
    bar, cross_drawn = (data.train[data.train_labels == label][0, 0].int() for label in (0, 1))
    assert bar[:, 13:15].float().mean() > 200  # upright, in the middle, as high as the picture
    assert bar[:, :11].max() == bar[:, 17:].max() == 0
    assert cross_drawn.diagonal()[3:-3].min() > 200
    assert (cross_drawn - cross_drawn.flip(1)).abs().max() < 60
    assert load(str(path), size=48, channels=3).spec.shape == (3, 48, 48)

    monkeypatch.setattr("genmodels.data.files.limits.MAX_DRAWINGS", 10)
    assert "Only the first 10 lines were read." in load(str(path)).notes
    monkeypatch.setattr("genmodels.data.files.limits.MAX_STROKES_BYTES", 10)
    with pytest.raises(UserError, match="give a part of it"):
        load(str(path))


def test_strokes_of_one_word_have_no_classes(tmp_path) -> None:
    (tmp_path / "cat.ndjson").write_text("\n".join(line("cat", [[0, i], [0, 9]]) for i in range(20)))
    data = load(str(tmp_path / "cat.ndjson"))
    assert (data.title, data.spec.classes, data.train_labels) == ("cat", (), None)


@pytest.mark.parametrize(
    "drawing",
    [
        None,
        [],
        [[]],
        [[[1, 2], [1]]],
        [[[1], ["2"]]],
        [[[True], [1]]],
        [[[10**400], [1]]],
        [[[float("nan")], [1]]],
        [[list(range(9999)), list(range(9999))]],
        "x",
    ],
)
def test_what_is_no_drawing_is_left_out(tmp_path, drawing) -> None:
    (tmp_path / "a.ndjson").write_text(json.dumps({"word": "a", "drawing": drawing}))
    with pytest.raises(UserError, match="holds no drawings"):
        load(str(tmp_path / "a.ndjson"))


@pytest.mark.parametrize("names", [("x", "y"), ("images", "labels"), ("arr_0", "arr_1")])
def test_npz_names(tmp_path, names) -> None:
    x = np.arange(20, dtype=np.uint8)[:, None, None] * np.ones((1, 28, 28), np.uint8)
    np.savez(tmp_path / "a.npz", **{names[0]: x, names[1]: np.where(np.arange(20) < 10, "low", "high")})
    data = load(str(tmp_path / "a.npz"))
    assert data.spec.classes == ("high", "low")
    assert torch.equal((data.train[:, 0, 0, 0] < 10).long(), data.train_labels)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([0.0, 0.5, 1.0]), [0, 128, 255]),
        (np.array([-1.0, 0.0, 1.0], np.float32), [0, 128, 255]),
        (np.array([0.0, 100.4, 255.0]), [0, 100, 255]),
        (np.array([0, 32768, 65535], np.uint16), [0, 128, 255]),
        (np.array([0, 7, 255], np.int64), [0, 7, 255]),
        (np.array([False, True, True]), [0, 255, 255]),
    ],
)
def test_npz_value_ranges(tmp_path, values, expected) -> None:
    np.savez(tmp_path / "a.npz", x=np.asfortranarray(np.broadcast_to(values[:, None, None], (3, 28, 28))))
    assert sorted(everything(load(str(tmp_path / "a.npz")))[:, 0, 0, 0].tolist()) == expected


@pytest.mark.parametrize(
    ("labels", "words"), [(np.linspace(0, 1, 10), "not whole numbers"), (np.arange(10.0), None), (np.arange(7), None)]
)
def test_npz_labels(tmp_path, labels, words) -> None:
    np.savez(tmp_path / "a.npz", x=np.zeros((10, 28, 28), np.uint8), y=labels)
    if len(labels) != 10:
        with pytest.raises(UserError, match="one label per image"):
            load(str(tmp_path / "a.npz"))
        return
    data = load(str(tmp_path / "a.npz"))
    assert (data.train_labels is None) == (words is not None)
    assert words is None or any(words in note for note in data.notes)


# Kinds of pictures


def test_palette(tmp_path) -> None:
    image = Image.new("RGB", (32, 32), (200, 30, 10)).convert("P", palette=Image.Palette.ADAPTIVE)
    assert only(tmp_path, image)[:, 5, 5].tolist() == [200, 30, 10]


@pytest.mark.parametrize("mode", ["RGBA", "P", "LA"])
def test_transparent_parts_become_white(tmp_path, mode) -> None:
    image = Image.new("RGBA", (32, 32), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (0, 0, 16, 32))
    x = only(tmp_path, image.convert(mode))
    assert int(x[0, 8, 4]) == 0
    assert int(x[0, 8, 28]) == 255


def test_half_transparent_is_mixed_with_white(tmp_path) -> None:
    x = only(tmp_path, Image.new("RGBA", (64, 64), (255, 0, 0, 128)))
    assert x[:, 16, 16].tolist() == pytest.approx([255, 127, 127], abs=1)


@pytest.mark.parametrize("kind", ["PNG", "PPM"])
def test_sixteen_bits_are_scaled_not_clipped(tmp_path, kind) -> None:
    image = Image.fromarray(np.full((32, 32), 0x8000, np.uint16))
    x = only(tmp_path, image, kind)
    assert tuple(x.shape) == (1, 32, 32)
    assert int(x[0, 3, 3]) == 128


def test_exif_rotation(tmp_path) -> None:
    image = Image.new("RGB", (64, 64), "black")
    image.paste((255, 255, 255), (0, 0, 64, 32))  # white above
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise: what is above goes right
    x = only(tmp_path, image, "JPEG", exif=exif, quality=95)
    assert int(x[0, 16, 28]) > 250
    assert int(x[0, 16, 3]) < 5


@pytest.mark.parametrize("mode", ["1", "L", "CMYK", "RGB"])
def test_other_modes(tmp_path, mode) -> None:
    x = only(tmp_path, Image.new("RGB", (40, 40), "white").convert(mode), "JPEG" if mode == "CMYK" else "PNG")
    assert tuple(x.shape) == (1, 32, 32)
    assert int(x.min()) > 250


def test_unequal_sizes_keep_the_centre(tmp_path, pack) -> None:
    files = {}
    for i, (width, height) in enumerate([(100, 50), (50, 100), (64, 64), (7, 9)]):
        image = Image.new("RGB", (width, height), "black")
        side = min(width, height)
        left, top = (width - side) // 2, (height - side) // 2
        image.paste((250, 10, 10), (left, top, left + side, top + side))
        files[f"{i}.png"] = encoded(image)
    x = everything(load(str(pack(tmp_path, files))))
    assert tuple(x.shape) == (4, 3, 32, 32)
    assert int(x[:, 0].min()) >= 249


def test_channels_are_chosen_by_all_pictures(tmp_path, pack) -> None:
    grey = {f"{i}.png": encoded(Image.new("RGB", (32, 32), (i, i, i))) for i in range(20)}
    path = str(pack(tmp_path, grey))
    assert load(path).spec.shape == (1, 32, 32)
    assert load(path, channels=3).spec.shape == (3, 32, 32)
    colour = {**grey, "z.png": encoded(Image.new("RGB", (32, 32), (9, 8, 7)))}
    path = str(pack(tmp_path, colour))
    assert load(path).spec.shape == (3, 32, 32)
    assert load(path, channels=1, size=16).spec.shape == (1, 16, 16)


def test_progress_goes_from_0_towards_1(tmp_path) -> None:
    told: list[float] = []
    path = in_folder(tmp_path, {f"{i}.png": png(i) for i in range(30)})
    load(str(path), progress=lambda fraction, what: told.append(fraction))
    assert told[0] == 0
    assert told == sorted(told)
    assert 0.9 < told[-1] <= 1


def test_too_many_pixels_in_all_are_refused_before_reading(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(images, "MAX_IMAGE_BYTES", 10_000)
    with pytest.raises(UserError, match="choose a smaller size"):
        load(str(in_folder(tmp_path, {f"{i}.png": png(i) for i in range(20)})))


# The held-out part


def test_holdout_is_disjoint_complete_and_repeats() -> None:
    train, test = holdout(103, None, seed=3)
    assert len(test) == 10
    assert sorted([*train.tolist(), *test.tolist()]) == list(range(103))
    assert torch.equal(holdout(103, None, seed=3)[1], test)
    assert not torch.equal(holdout(103, None, seed=4)[1], test)


def test_holdout_is_stratified() -> None:
    labels = torch.cat([torch.zeros(200), torch.ones(50), torch.full((10,), 2.0)]).long()
    train, test = holdout(260, labels, seed=0)
    assert labels[test].bincount().tolist() == [20, 5, 1]
    assert labels[train].bincount().tolist() == [180, 45, 9]


def test_holdout_takes_at_least_one_and_leaves_at_least_one() -> None:
    for count in (2, 3, 9):
        for labels in (None, torch.arange(count)):
            train, test = holdout(count, labels, seed=0)
            assert len(test) == 1
            assert len(train) == count - 1
    with pytest.raises(UserError, match="at least two"):
        holdout(1, None, seed=0)


def test_same_seed_same_parts(tmp_path, pack) -> None:
    path = str(pack(tmp_path, {f"{c}/{i}.png": png(20 * c + i) for c in range(3) for i in range(20)}))
    first, again, other = load(path, seed=1), load(path, seed=1), load(path, seed=2)
    assert torch.equal(first.train, again.train)
    assert torch.equal(first.test, again.test)
    assert not torch.equal(first.test, other.test)


def test_fit_resizes_as_pillow_does() -> None:
    # Grey enough that nothing is clipped: Pillow clips between its two passes, and again at the end.
    noise = np.random.default_rng(0).integers(64, 192, (3, 48, 48), np.uint8)
    ours = images.fit(torch.from_numpy(noise)[:, None], images.Look(32))[:, 0].numpy().astype(int)
    for image, found in zip(noise, ours, strict=True):
        pillow = np.asarray(Image.fromarray(image).resize((32, 32), Image.Resampling.BICUBIC)).astype(int)
        assert abs(pillow - found).max() <= 1


def test_folders_that_are_cut_to_the_same_name_stay_two_classes(tmp_path: Path) -> None:
    long = "a" * 45
    for number in range(40):
        folder = tmp_path / "set" / f"{long}{number % 2}"
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((8, 8), 100 * (number % 2), np.uint8)).save(folder / f"{number}.png")
    data = load(str(tmp_path / "set"))
    assert data.spec.classes == ("a" * 40, f"{'a' * 36} (2)")
    second = select(data, data.spec.classes[1:])
    assert second.train_labels.unique().tolist() == [0]
    assert second.train.unique().tolist() == [100]
    words = np.array([f"{long}{n % 3}" for n in range(30)])
    assert arrays.to_labels(words, 30)[1] == ("a" * 40, f"{'a' * 36} (2)", f"{'a' * 36} (3)")


def test_a_class_folder_may_be_named_as_an_idx_file(tmp_path: Path) -> None:
    for name in ("idx3 scans", "photos"):
        (tmp_path / name).mkdir()
        for number in range(4):
            Image.fromarray(np.full((8, 8), number, np.uint8)).save(tmp_path / name / f"{number}.png")
    assert load(str(tmp_path)).spec.classes == ("idx3 scans", "photos")
