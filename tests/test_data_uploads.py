"""Own data: read before they are kept, kept per visitor, loaded by name like any other set."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from genmodels.data import data_of, entry_of, load, spec_of, uploads
from genmodels.data.augment import SHIFT, augment
from genmodels.data.files import limits
from genmodels.data.images import Look
from genmodels.data.uploads import Draft, UploadStore, draft
from genmodels.errors import UserError
from tests import hostile
from tests.small_runs import small

ROOT = Path(__file__).parent.parent
ANN, BOB = "a" * 32, "b" * 32


@pytest.fixture
def store(tmp_path, monkeypatch) -> UploadStore:
    monkeypatch.setenv("GENMODELS_UPLOADS", str(tmp_path / "uploads"))
    return UploadStore()


def encoded(image: Image.Image, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def noisy(seed: int, size: tuple[int, int] = (40, 30), mode: str = "RGB") -> bytes:
    planes = {"RGB": (3,), "RGBA": (4,), "L": ()}[mode]
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], *planes), np.uint8)
    return encoded(Image.fromarray(pixels, mode))


def pictures(n: int, folders: tuple[str, ...] = ("",)) -> list[tuple[str, bytes]]:
    return [(f"{folders[i % len(folders)]}/{i}.png".lstrip("/"), noisy(i)) for i in range(n)]


def everything(given: Draft) -> torch.Tensor:
    return torch.cat([given.dataset.train, given.dataset.test])


# What is read


def test_pictures_of_unequal_sizes_become_one_set() -> None:
    given = draft([("a.png", noisy(0)), ("b.png", noisy(1, (80, 20))), ("c.jpg", noisy(2, (9, 50)))], title=" My  set ")
    assert given.dataset.spec.shape == (3, 32, 32)
    assert given.count == 3
    assert given.dataset.title == "My set"
    assert given.class_counts == {}
    assert given.shift
    assert "by heart" in given.warnings[0]


def test_folders_sent_along_become_classes() -> None:
    given = draft(pictures(30, ("animals/cats", "animals/dogs", "animals/dogs")))
    assert given.class_counts == {"cats": 10, "dogs": 20}


def test_pictures_of_the_same_name_are_all_kept() -> None:
    assert draft([("image.png", noisy(i)) for i in range(4)]).count == 4


@pytest.mark.parametrize("size", [28, 32, 48, 64])
@pytest.mark.parametrize("channels", [1, 3])
def test_size_and_colour_are_chosen(size, channels) -> None:
    assert draft(pictures(3), look=Look(size, channels)).dataset.spec.shape == (channels, size, size)


@pytest.mark.parametrize("ground", [0, 255])
def test_a_whole_picture_gets_bars_and_a_ground(ground) -> None:
    wide = Image.new("RGBA", (64, 32), (200, 10, 10, 255))
    wide.paste((0, 0, 0, 0), (0, 0, 8, 32))
    x = everything(draft([(f"{i}.png", encoded(wide)) for i in range(2)], look=Look(32, 3, whole=True, ground=ground)))
    assert (x[:, :, :7] == ground).all()
    assert (x[:, :, -7:] == ground).all()
    assert (x[:, :, 12:20, :3] == ground).all()
    assert (x[:, 0, 12:20, 16:] == 200).all()
    cut = everything(draft([(f"{i}.png", encoded(wide)) for i in range(2)], look=Look(32, 3, ground=ground)))
    assert (cut[:, 0, :, 1:] == 200).all()


def test_arrays_are_kept_whole_too() -> None:
    x = np.full((4, 10, 20), 200, np.uint8)
    given = everything(draft([("a.npz", hostile.npz(x=x))], look=Look(32, 1, whole=True, ground=0)))
    assert (given[:, :, :6] == 0).all()
    assert (given[:, :, 12:20] == 200).all()


def test_a_long_strip_is_not_made_a_giant_square() -> None:
    strip = encoded(Image.fromarray(np.random.default_rng(0).integers(0, 256, (4, 30_000), np.uint8)))
    assert draft([("a.png", strip), ("b.png", strip)], look=Look(32, 1, whole=True)).count == 2
    with pytest.raises(UserError, match="too long"):
        draft([("a.npz", hostile.npz(x=np.zeros((2, 2, 30_000), np.uint8)))], look=Look(32, 1, whole=True))


def test_empty_pictures_are_left_out_and_named() -> None:
    nothing = encoded(Image.new("RGBA", (32, 32), (0, 0, 0, 0)))
    given = draft([*pictures(4), ("tile.png", nothing), ("notes.txt", b"hello")])
    assert given.count == 4
    assert "1 file left out, 'tile.png': it is almost blank." in given.dataset.notes
    assert draft([*pictures(4), ("tile.png", nothing)], look=Look()).count == 5


def test_other_files_in_a_zip_are_counted() -> None:
    files = dict(pictures(4)) | {"readme.txt": b"hello", "__MACOSX/._1.png": b"x"}
    given = draft([("set.zip", hostile.zipped(files))])
    assert given.count == 4
    assert [note for note in given.dataset.notes if "left out" in note] == [
        "1 file left out, 'readme.txt': its name is not that of a PNG, JPEG, GIF, BMP, WEBP or PNM picture."
    ]


@pytest.mark.parametrize("names", [("train-images-idx3-ubyte", "train-labels-idx1-ubyte"), ("x.bin", "y.bin")])
def test_an_idx_pair_is_known_by_its_bytes(names) -> None:
    images = np.random.default_rng(0).integers(0, 256, (20, 28, 28), np.uint8)
    labels = (np.arange(20) % 2).astype(np.uint8)
    for order in (1, -1):
        given = draft(list(zip(names, (hostile.idx_bytes(images), hostile.idx_bytes(labels)), strict=True))[::order])
        assert given.class_counts == {"0": 10, "1": 10}
        assert given.dataset.spec.shape == (1, 28, 28)


def test_points_are_centred_and_scaled_alike() -> None:
    rng = np.random.default_rng(0)
    table = rng.normal((100, -5), (20, 10), (500, 2))
    rows = "\n".join(f"{x};{y};{'left' if x < 100 else 'right'}" for x, y in table)
    given = draft([("points.csv", f"x;y;side\n{rows}".encode())])
    x = everything(given)
    assert given.dataset.spec.modality == "points"
    assert given.dataset.spec.classes == ("left", "right")
    assert x.mean(0).abs().max() < 1e-5
    assert float(x.std(correction=0)) == pytest.approx(1, abs=1e-5)
    assert float(x[:, 0].std() / x[:, 1].std()) == pytest.approx(table[:, 0].std() / table[:, 1].std(), rel=1e-4)
    assert not given.shift


@pytest.mark.parametrize("name", hostile.UPLOADS)
def test_malformed_uploads_get_their_sentence(name, tmp_path, monkeypatch) -> None:
    given, words = hostile.UPLOADS[name]
    files = given(tmp_path) if callable(given) else given
    with pytest.raises(UserError) as refusal:
        draft(files)
    sentence = str(refusal.value)
    assert words in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert len(sentence) < 300
    assert str(tmp_path) not in sentence


def test_the_corpus_is_large() -> None:
    assert len(hostile.UPLOADS) >= 40


def test_limits_have_their_sentences(monkeypatch, store) -> None:
    files = pictures(6)
    monkeypatch.setattr(limits, "MAX_GIVEN", 5)
    with pytest.raises(UserError, match="give at most 5"):
        draft(files)
    monkeypatch.setattr(limits, "MAX_GIVEN_BYTES", 100)
    with pytest.raises(UserError, match="larger than"):
        draft(files[:5])
    monkeypatch.undo()
    monkeypatch.setattr(uploads, "MAX_SAMPLES", 5)
    with pytest.raises(UserError, match="at most 5 are kept"):
        draft(files)
    monkeypatch.setattr(uploads, "MAX_SAMPLES", 50)
    monkeypatch.setattr(uploads, "MAX_SET_BYTES", 1 << 10)
    with pytest.raises(UserError, match="smaller size"):
        draft(files)
    monkeypatch.setattr(limits, "MAX_POINTS", 1)
    with pytest.raises(UserError, match="more than 1 lines"):
        draft([("a.csv", b"1,2\n3,4\n")])
    monkeypatch.setattr(limits, "MAX_TABLE_BYTES", 2)
    with pytest.raises(UserError, match="larger than 0 MB"):
        draft([("a.csv", b"1,2\n3,4\n")])


# Small sets


def test_augmentation_keeps_the_originals_first_and_their_labels() -> None:
    x = torch.randint(0, 256, (5, 3, 28, 28), dtype=torch.uint8)
    labels = torch.arange(5)
    more, more_labels = augment(x, labels, 23, flip=False, seed=0)
    assert torch.equal(more[:5], x)
    assert torch.equal(more_labels, torch.arange(23) % 5)
    again, _ = augment(x, labels, 23, flip=False, seed=0)
    assert torch.equal(more, again)
    assert augment(x, None, 5, flip=True, seed=0)[0] is x
    reach = round(SHIFT * 28)
    for copy, label in zip(more[5:], more_labels[5:], strict=True):
        inner = slice(reach, -reach)
        moved = [torch.roll(x[label], (dy, dx), (1, 2))[:, inner, inner]
                 for dy in range(-reach, reach + 1) for dx in range(-reach, reach + 1)]  # fmt: skip
        assert any(torch.equal(copy[:, inner, inner], candidate) for candidate in moved)


def test_flips_mirror_some_copies() -> None:
    x = torch.zeros(1, 1, 28, 28, dtype=torch.uint8)
    x[..., :10] = 255
    more, _ = augment(x, None, 101, flip=True, seed=0)
    mirrored = more[1:, 0, 14, 27] == 255
    assert 30 < int(mirrored.sum()) < 70


def test_warnings_name_thin_and_unequal_classes() -> None:
    cats = [(f"cats/{i}.png", noisy(i)) for i in range(60)]
    dogs = [(f"dogs/{i}.png", noisy(100 + i)) for i in range(3)]
    assert "1 of 2 classes have fewer than 10 pictures, as 'dogs'." in draft([*cats, *dogs]).warnings


# Keeping


def test_a_kept_set_loads_like_any_other(store) -> None:
    given = draft(pictures(40, ("a", "b")))
    kept = store.keep(given, ANN)
    data = load(kept.name)
    assert data.spec == spec_of(kept.name) == given.dataset.spec
    assert len(data.train) == uploads.AUGMENTED
    assert torch.equal(data.train[: len(given.dataset.train)], given.dataset.train)
    assert torch.equal(data.test, given.dataset.test)
    assert any("became 4,000" in note for note in data.notes)
    entry = entry_of(kept.name)
    assert entry.extra["group"] == "upload"
    assert "40 pictures in 2 classes" in entry.card.summary
    assert load(kept.name, size=28, channels=1).spec.shape == (1, 28, 28)
    plain = store.keep(Draft(given.dataset), ANN)
    assert len(load(plain.name).train) == len(given.dataset.train)


def test_nothing_held_out_has_a_copy_in_training(store) -> None:
    kept = store.keep(draft(pictures(40, ("a", "b"))), ANN)
    data = data_of(small(data=kept.name, held_out=0.25))
    assert (len(data.train), len(data.test)) == (uploads.AUGMENTED, 10)
    assert any("30 pictures became 4,000" in note for note in data.notes)
    seen = {picture.numpy().tobytes() for picture in data.train}
    assert not any(picture.numpy().tobytes() in seen for picture in data.test)


def test_sets_are_listed_and_deleted_by_their_owner_only(store) -> None:
    mine, other = store.keep(draft(pictures(4)), ANN), store.keep(draft(pictures(4)), BOB)
    assert [kept.id for kept in store.listed(ANN)] == [mine.id]
    assert ANN not in (store.root / f"{mine.id}.safetensors").read_bytes().decode("latin1")
    with pytest.raises(UserError, match="Only the person"):
        store.delete(other.name, ANN)
    store.delete(mine.name, ANN)
    assert store.listed(ANN) == []
    for read in (load, spec_of, entry_of):
        with pytest.raises(UserError, match="not there any more"):
            read(mine.name)
    assert store.listed(BOB)


def test_a_visitor_keeps_so_many_sets(store, monkeypatch) -> None:
    monkeypatch.setattr(uploads, "MAX_SETS", 1)
    given = draft(pictures(4))
    store.keep(given, ANN)
    with pytest.raises(UserError, match="delete one"):
        store.keep(given, ANN)
    store.keep(given, BOB)


@pytest.mark.parametrize(
    "name",
    [
        "upload:",
        "upload:x",
        "upload:../../etc/passwd",
        "upload:" + "a" * 33,
        "upload:" + "a" * 22,
        "upload:a\0b",
        7,
        None,
    ],
)
def test_hostile_names_find_nothing(name, store) -> None:
    with pytest.raises(UserError, match="not there any more"):
        store.find(name)


def test_links_and_damaged_files_are_no_sets(store, tmp_path) -> None:
    kept = store.keep(draft(pictures(4)), ANN)
    path = store.root / f"{kept.id}.safetensors"
    link = store.root / ("l" * 22 + ".safetensors")
    link.symlink_to(path)
    with pytest.raises(UserError):
        store.find("upload:" + "l" * 22)
    save_file({"train": torch.zeros(1)}, path, {"about": json.dumps({"id": 1})})
    with pytest.raises(UserError, match="not there"):
        store.find(kept.name)
    path.write_bytes(b"nonsense")
    assert store.listed(ANN) == []


def test_a_file_that_disagrees_with_itself_is_damaged(store) -> None:
    kept = store.keep(draft(pictures(4)), ANN)
    path = store.root / f"{kept.id}.safetensors"
    about = json.dumps({**vars(kept)})
    save_file({"train": torch.zeros(3, 1, 5, 5), "test": torch.zeros(3, 1, 5, 5)}, path, {"about": about})
    with pytest.raises(UserError, match="damaged"):
        load(kept.name)


def test_a_run_in_another_process_finds_the_set_and_says_when_it_is_gone(store, tmp_path) -> None:
    kept = store.keep(draft(pictures(12)), ANN)
    command = [sys.executable, "-m", "genmodels", "train", "--model", "vae", "--data", kept.name, "--steps", "2"]
    env = {**os.environ, "OMP_NUM_THREADS": "1"}

    def train(out: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [*command, "--out", str(tmp_path / out)], cwd=ROOT, env=env, capture_output=True, text=True
        )

    assert train("one").returncode == 0
    store.delete(kept.name, ANN)
    refused = train("two")
    assert refused.returncode == 2
    assert "not there any more" in refused.stderr


# What people have on their disks


def test_sprites_with_transparent_and_nearly_empty_tiles() -> None:
    """Palettes and alpha in class folders of a zip; a tile with three pixels on it says nothing."""
    tiles = {}
    for i in range(6):
        rgba = np.zeros((32, 32, 4), np.uint8)
        rgba[8:24, 8:24] = (200, 30 * i, 60, 255)
        image = Image.fromarray(rgba)
        tiles[f"tiles/{'monsters' if i % 2 else 'walls'}/{i}.png"] = encoded(image.quantize(8) if i < 3 else image)
        rgba[:] = 0
        rgba[0, :3] = 255
        tiles[f"tiles/walls/empty{i}.png"] = encoded(Image.fromarray(rgba))
    given = draft([("sprites.zip", hostile.zipped(tiles))], look=Look(32, 3, ground=0, drop_blank=True))
    assert given.count == 6
    assert given.class_counts == {"monsters": 3, "walls": 3}
    assert "6 files left out" in " ".join(given.dataset.notes)
    assert not everything(given)[:, :, 0, 0].any()
    assert len(everything(draft([("s.zip", hostile.zipped(tiles))], look=Look(32, 3, ground=0)))) == 12


def test_a_hundred_photographs_at_64_pixels() -> None:
    given = draft([("faces.zip", hostile.zipped(dict(pictures(100))))], look=Look(64, 3, drop_blank=True))
    assert given.count == 100
    assert given.dataset.spec.shape == (3, 64, 64)
    assert given.shift
    assert any("few" in warning for warning in given.warnings)


def test_nested_one_bit_characters() -> None:
    strokes = {}
    for i in range(8):
        bits = np.ones((105, 105), bool)
        bits[20 + 5 * i : 24 + 5 * i, 10:95] = False
        strokes[f"images/{'greek' if i % 2 else 'latin'}/character{i:02}/{i}.png"] = encoded(Image.fromarray(bits))
    given = draft([("characters.zip", hostile.zipped(strokes))], look=Look(28, 1, drop_blank=True))
    assert given.class_counts == {"greek": 4, "latin": 4}
    assert given.dataset.spec.shape == (1, 28, 28)


def test_bytes_without_a_header_are_read_as_small_grey_pictures() -> None:
    drawings = np.random.default_rng(0).integers(0, 256, (20, 28, 28), np.uint8)
    given = draft([("cats.bin", drawings.tobytes())])
    assert given.count == 20
    assert any("no header" in note for note in given.dataset.notes)
    read = torch.cat([given.dataset.train, given.dataset.test]).flatten(1).tolist()
    assert sorted(read) == sorted(drawings.reshape(20, -1).tolist())
    both = draft([("cats.bin", drawings[:12].tobytes()), ("rainbows.raw", drawings[12:].tobytes())])
    assert both.dataset.title == "cats, rainbows"
    assert both.class_counts == {"cats": 12, "rainbows": 8}
    with pytest.raises(UserError, match="does not say what size its pictures have, and 783 bytes"):
        draft([("cats.bin", drawings.tobytes()[:783])])
    with pytest.raises(UserError, match=r"'bad\.bin' does not say"):
        draft([("cats.bin", drawings.tobytes()), ("bad.bin", b"abc")])


def test_digits_keep_their_size_and_lose_the_kind_in_their_name() -> None:
    digits = np.random.default_rng(0).integers(0, 256, (30, 28, 28), np.uint8)
    labels = np.arange(30, dtype=np.uint8) % 10
    pair = [("train-images-idx3-ubyte", hostile.idx_bytes(digits)), ("train-labels", hostile.idx_bytes(labels))]
    given = draft(pair, look=Look(drop_blank=True))
    assert given.dataset.spec.shape == (1, 28, 28)
    assert given.dataset.title == "train"
    assert given.class_counts["7"] == 3


def test_a_closer_look_is_not_spoiled_by_moved_copies(store) -> None:
    kept = store.keep(draft(pictures(12)), ANN)
    assert len(store.load(kept.name).train) == uploads.AUGMENTED
    assert len(store.load(kept.name, copies=False).train) + len(store.load(kept.name).test) == 12
