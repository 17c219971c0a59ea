"""Photographs of faces in archives of the real layout, a few pictures each: read, cut, split, fetched."""

import hashlib
import io
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from genmodels.data import load, online, portraits, spec_of, to_fetch
from genmodels.data.online import Online
from genmodels.errors import UserError
from tests.file_server import serving

PEOPLE = {f"Person_{letter}": 1 + index % 3 for index, letter in enumerate("ABCDEFGHIJKLMNOPQRST")}


def photograph(width: int, height: int, side: int, shade: int) -> bytes:
    """A JPEG whose middle square of ``side`` pixels has a grey ``shade``, in a red frame."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 0] = 255
    top, left = (height - side) // 2, (width - side) // 2
    pixels[top : top + side, left : left + side] = shade
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=95)
    return file.getvalue()


def lfw_tgz() -> bytes:
    """lfw_funneled/Person_A/Person_A_0001.jpg and so on; the shade is the person's."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as tape:
        for index, (who, count) in enumerate(PEOPLE.items()):
            for number in range(1, count + 1):
                data = photograph(250, 250, 144, 10 * index)
                entry = tarfile.TarInfo(f"lfw_funneled/{who}/{who}_{number:04d}.jpg")
                entry.size = len(data)
                tape.addfile(entry, io.BytesIO(data))
        entry = tarfile.TarInfo("lfw_funneled/pairs.txt")
        entry.size = 3
        tape.addfile(entry, io.BytesIO(b"1\t2"))
    return file.getvalue()


def celeba_zip(count: int = 60) -> bytes:
    """img_align_celeba/000001.jpg and so on; the shade grows with the number. One is no picture."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("img_align_celeba/", "")
        for number in range(1, count + 1):
            data = photograph(178, 218, 144, 4 * number) if number != 7 else b"no picture"
            archive.writestr(f"img_align_celeba/{number:06d}.jpg", data)
        archive.writestr("__MACOSX/img_align_celeba/._000001.jpg", b"junk")
    return file.getvalue()


def brought(root: Path, path: str, content: bytes) -> None:
    """Put an archive where somebody would by hand."""
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


def shades(x: torch.Tensor) -> list[int]:
    """The grey value of each picture; none is left of the frame."""
    means = x.float().mean((2, 3))
    assert float((means[:, 0] - means[:, 1]).abs().max()) < 3
    return means[:, 1].round().int().tolist()


@pytest.mark.parametrize("size", [32, 64])
def test_lfw_holds_out_people_and_keeps_the_middle(tmp_path: Path, size: int) -> None:
    brought(tmp_path, "lfw-py/lfw-funneled.tgz", lfw_tgz())
    name = "lfw" if size == 32 else "lfw-64"
    assert to_fetch(name, tmp_path) == 0
    told: list[float] = []
    data = load(name, root=tmp_path, progress=lambda fraction, what: told.append(fraction))
    assert data.spec == spec_of(name)
    assert data.spec.shape == (3, size, size)
    assert data.train_labels is data.test_labels is None
    assert len(data.train) + len(data.test) == sum(PEOPLE.values())
    train, test = ({round(shade / 10) for shade in shades(part)} for part in (data.train, data.test))
    assert train.isdisjoint(test)
    assert len(test) == len(PEOPLE) // 10
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_celeba_takes_the_first_and_holds_out_the_last_up_to_a_cap(tmp_path: Path, monkeypatch) -> None:
    brought(tmp_path, "celeba/img_align_celeba.zip", celeba_zip())
    data = load("celeba", root=tmp_path)
    # One of the 54 to learn from is no picture.
    assert (len(data.train), len(data.test)) == (53, 6)
    assert min(shades(data.test)) > max(shades(data.train))
    monkeypatch.setitem(portraits.MOST, 64, (20, 3))
    data = load("celeba-64", root=tmp_path)
    assert (len(data.train), len(data.test)) == (19, 3)
    assert max(shades(data.train)) == pytest.approx(80, abs=2)
    assert min(shades(data.test)) == pytest.approx(232, abs=2)
    assert torch.equal(load("celeba-64", root=tmp_path).train, data.train)


def test_the_caps_keep_memory_small() -> None:
    for size, counts in portraits.MOST.items():
        assert sum(counts) * 3 * size**2 < 200e6


def test_an_archive_is_fetched_over_the_network_goes_on_and_is_checked(tmp_path: Path) -> None:
    content = lfw_tgz()
    with serving(content) as server:
        server.break_at = [len(content) // 2]
        album = replace(portraits.LFW, url=server.url, checksum=hashlib.sha256(content).hexdigest())
        source = Online(album.originals, partial(album.parts, 32))
        said: list[str] = []
        data = online._load("lfw", source, tmp_path, lambda fraction, what: said.append(what), 0)
    assert len(data.train) + len(data.test) == sum(PEOPLE.values())
    assert server.asked == ["", f"bytes={len(content) // 2}-"]
    assert said[0].startswith("Looking")
    assert "Downloading LFW faces" in said
    assert "Reading pictures" in said
    assert (tmp_path / "lfw-py" / "lfw-funneled.tgz").read_bytes() == content
    assert to_fetch("lfw-64", tmp_path) == 0


def test_somebody_who_does_not_want_to_wait_is_heard_while_pictures_are_read(tmp_path: Path) -> None:
    brought(tmp_path, "lfw-py/lfw.zip", celeba_zip())

    class Enough(Exception):
        pass

    def stop(fraction: float, what: str) -> None:
        if what == "Reading pictures":
            raise Enough

    with pytest.raises(Enough):
        load("lfw", root=tmp_path, progress=stop)
    assert not (tmp_path / "lfw.safetensors").exists()


DAMAGED: dict[str, Callable[[], bytes]] = {
    "half a zip": lambda: celeba_zip()[:20_000],
    "half a tar": lambda: lfw_tgz()[:9_000],
    "nothing": bytes,
    "no archive": lambda: b"<html>quota exceeded</html>" * 100,
    "one picture": lambda: celeba_zip(1),
}


@pytest.mark.parametrize("how", DAMAGED)
def test_a_damaged_archive_gives_one_sentence(tmp_path: Path, how: str) -> None:
    brought(tmp_path, "celeba/img_align_celeba.zip", DAMAGED[how]())
    with pytest.raises(UserError, match=r"files of CelebA in .* are damaged; delete them") as caught:
        load("celeba", root=tmp_path)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "celeba.safetensors").exists()
