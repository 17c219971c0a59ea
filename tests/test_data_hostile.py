"""Every hostile file ends in one clear sentence, within bounded memory."""

import contextlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from genmodels.data import load
from genmodels.data.files import limits, sources
from genmodels.errors import UserError
from tests import hostile

ROOT = Path(__file__).parent.parent

_MEASURE = """
import json, resource, sys
from genmodels.data import load
from genmodels.errors import UserError
load("digits", size=32)
load(sys.argv[1])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
said = {}
for path in sys.argv[2:]:
    try:
        load(path)
    except UserError as error:
        said[path] = str(error)
print(json.dumps({"mb": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024, "said": said}))
"""


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """What a fresh process said about each hostile file, and by how many MB its memory grew in all."""
    good = tmp_path_factory.mktemp("good")
    for i in range(4):
        (good / f"{i}.png").write_bytes(hostile.png(i))
    paths = {}
    for build in hostile.HOSTILE:
        paths[build.__name__] = str(build(tmp_path_factory.mktemp(build.__name__)))
    result = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(good), *paths.values()],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        timeout=120,
    )
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    return {"mb": answer["mb"], "said": {name: answer["said"].get(path) for name, path in paths.items()}}


@pytest.mark.parametrize("build", hostile.HOSTILE, ids=lambda build: build.__name__)
def test_hostile_file_is_refused_in_one_sentence(build, refused) -> None:
    sentence = refused["said"][build.__name__]
    assert sentence is not None, "it was loaded"
    assert hostile.HOSTILE[build] in sentence
    assert "\n" not in sentence
    assert len(sentence) < 300
    assert sentence.endswith(".")


def test_memory_stays_bounded_over_all_hostile_files(refused) -> None:
    assert refused["mb"] < 150  # the bombs hold gigabytes


def test_folder_with_too_many_files(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(limits, "MAX_FILES", 50)
    with pytest.raises(UserError, match="more than 50 files"):
        load(str(hostile.many_files(tmp_path, 51)))


def test_good_pictures_survive_bad_neighbours(tmp_path) -> None:
    for build in (hostile.text_named_png, hostile.cut_off_png):
        build(tmp_path)
    for i in range(12):
        (tmp_path / f"good{i}.png").write_bytes(hostile.png(i))
    (tmp_path / "notes.txt").write_text("ignored")
    data = load(str(tmp_path))
    assert len(data.train) + len(data.test) == 12
    notes = " ".join(data.notes)
    assert "'words.png': it is not a picture" in notes
    assert "'cut.png': it is damaged" in notes


def test_unreadable_file_is_left_out_with_a_note(tmp_path, monkeypatch) -> None:
    for i in range(4):
        (tmp_path / f"{i}.png").write_bytes(hostile.png(i))
    real = Path.open

    def refuse(self: Path, *args, **kwargs):
        if self.name == "2.png":
            raise PermissionError(13, "Permission denied")
        return real(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", refuse)
    data = load(str(tmp_path))
    assert len(data.train) + len(data.test) == 3
    assert any("may not be read" in note for note in data.notes)


def test_unreadable_archive(tmp_path, monkeypatch) -> None:
    path = hostile.object_npz(tmp_path)

    def refuse(self: Path, *args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UserError, match="permissions"):
        load(str(path))


def test_links_out_of_a_folder_are_not_followed(tmp_path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "secret.png").write_bytes(hostile.png(255))
    for i in range(3):
        (inside / f"{i}.png").write_bytes(hostile.png(i))
    (inside / "link.png").symlink_to(outside / "secret.png")
    (inside / "folder").symlink_to(outside)
    (inside / "alias.png").symlink_to(inside / "0.png")
    data = load(str(inside))
    assert len(data.train) + len(data.test) == 4
    assert max(int(data.train.max()), int(data.test.max())) < 255


def test_zip_counts_while_unpacking(tmp_path, monkeypatch) -> None:
    """Sizes are those of the bytes that come out, whatever the header says."""
    monkeypatch.setattr(limits, "MAX_PICTURE_BYTES", 1000)
    path = hostile.raw_zip(
        tmp_path / "a.zip", [hostile.Entry("a.png", hostile.deflated_zeros(3 * hostile.MB), 1 << 30)]
    )
    with sources.Zip(path) as archive, pytest.raises(sources.UnreadableError, match="larger"):
        archive.read(archive.members()[0])


def test_zip_counts_all_that_it_unpacks(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(limits, "MAX_UNPACKED_BYTES", hostile.MB)
    path = hostile.raw_zip(
        tmp_path / "a.zip", [hostile.Entry("a.png", hostile.deflated_zeros(3 * hostile.MB), 1 << 30)]
    )
    with sources.Zip(path) as archive, pytest.raises(UserError, match="unpacks to more than 1 MB"):
        archive.read(sources.Member("a.png"))


@pytest.mark.parametrize("seed", range(3))
def test_damaged_bytes_never_escape_as_another_error(tmp_path, seed) -> None:
    """Flipped bytes anywhere in a zip, an npz or an idx give a data set or a UserError, nothing else."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 255, (6, 28, 28), np.uint8)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for i in range(6):
            archive.writestr(f"c{i % 2}/{i}.png", hostile.png(i))
    np.savez_compressed(tmp_path / "a.npz", x=pixels, y=np.arange(6))
    (tmp_path / "a-idx3-ubyte").write_bytes(hostile.idx_bytes(pixels))
    for name in ("a.zip", "a.npz", "a-idx3-ubyte"):
        whole = (tmp_path / name).read_bytes()
        for _ in range(60):
            data = bytearray(whole)
            for position in rng.integers(0, len(data), 3):
                data[position] = rng.integers(0, 256)
            (tmp_path / name).write_bytes(data)
            with contextlib.suppress(UserError):
                assert load(str(tmp_path / name)).spec.modality == "image"
