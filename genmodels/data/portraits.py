"""Photographs of faces: one large archive each, which may also be brought by hand.

An archive is read picture by picture, and only what is kept of it is held in memory: the middle of each photograph, at
32 or 64 pixels. The people in the held-out pictures are others than those that are learned from. There are no classes:
5,749 names, most of them with a single photograph, teach a model nothing.
"""

import contextlib
import random
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from genmodels.data.base import Progress
from genmodels.data.download import Original
from genmodels.data.files import limits
from genmodels.data.files.pictures import opened
from genmodels.data.files.sources import Member, UnreadableError
from genmodels.data.online import DamagedError, Online, Parts, card, offer
from genmodels.data.split import holdout
from genmodels.registry import Card

Split = tuple[Sequence[str], Sequence[str]]
"""Names of the pictures to train on and of those held out."""
_DAMAGE = (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)


@dataclass(frozen=True)
class Album:
    """One archive of photographs.

    Attributes:
        folder: Where it lies under the root.
        archives: Names under which it is taken as it is when somebody put it there; the first is the one that is
            downloaded.
        url: Where that one lies.
        checksum: Of that one, as its authors or keepers publish it.
        page: Where a person gets it.
        side: Height and width in pixels of what is cut from the middle of each photograph.
        split: From the names of all pictures and the size in pixels to those that are kept.
    """

    folder: str
    archives: tuple[str, ...]
    url: str
    checksum: str
    page: str
    side: int
    split: Callable[[list[str], int], Split]

    @property
    def paths(self) -> tuple[str, ...]:
        """Of the archives, under the root."""
        return tuple(f"{self.folder}/{name}" for name in self.archives)

    def here(self, root: Path) -> Path | None:
        """The archive that lies there, if one does."""
        return next((root / path for path in self.paths if (root / path).is_file()), None)

    def originals(self, root: Path) -> list[Original]:
        """The archive, unless one lies there."""
        wanted = Original((self.url,), root / self.paths[0], self.checksum, self.page)
        return [] if self.here(root) else [wanted]

    def parts(self, size: int, root: Path, tell: Progress) -> Parts:
        """The kept pictures at ``size`` pixels, in random order. Raises DamagedError."""
        path = self.here(root)
        if path is None:
            raise DamagedError
        chosen = dict(zip(("train", "test"), self.split(sorted(names(path)), size), strict=True))
        x = {part: np.zeros((len(files), 3, size, size), np.uint8) for part, files in chosen.items()}
        read = {part: np.zeros(len(files), bool) for part, files in chosen.items()}
        chance = random.Random(0)
        place = {
            name: (part, row)
            for part, files in chosen.items()
            for row, name in enumerate(chance.sample(files, len(files)))
        }
        for count, (name, data) in enumerate(pictures(path, place)):
            if count % 100 == 0:
                tell(min(1.0, count / len(place)), "Reading pictures")
            part, row = place[name]
            with contextlib.suppress(UnreadableError):
                x[part][row] = opened(data, partial(middle, side=self.side, size=size))
                read[part][row] = True
        if not all(mask.any() for mask in read.values()):
            raise DamagedError
        # Few pictures ever cannot be read: as a rule nothing is copied.
        return {part: torch.from_numpy(x[part] if mask.all() else x[part][mask]) for part, mask in read.items()}


def middle(image: Image.Image, side: int, size: int) -> NDArray[np.uint8]:
    """The central square of ``side`` pixels, resized, uint8 ``[3, size, size]``."""
    side = min(side, *image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    square = image.convert("RGB").crop((left, top, left + side, top + side))
    return np.asarray(square.resize((size, size), Image.Resampling.BICUBIC)).transpose(2, 0, 1)


# ---------------------------------------------------------------------- archives


def names(path: Path) -> list[str]:
    """Of all pictures in a zip or tar. Raises DamagedError."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                found = archive.namelist()
        else:
            with tarfile.open(path) as tape:
                found = [member.name for member in tape if member.isfile()]
    except _DAMAGE as error:
        raise DamagedError from error
    return [name for name in found if Member(name).is_picture]


def pictures(path: Path, wanted: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each wanted picture of a zip or tar, in the archive's order. Raises DamagedError."""
    try:
        yield from _of_zip(path, wanted) if zipfile.is_zipfile(path) else _of_tar(path, wanted)
    except _DAMAGE as error:
        raise DamagedError from error


def _of_zip(path: Path, wanted: Collection[str]) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            if entry.filename in wanted:
                with archive.open(entry) as file:
                    yield entry.filename, file.read(limits.MAX_PICTURE_BYTES)


def _of_tar(path: Path, wanted: Collection[str]) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(path) as tape:
        for member in tape:
            if member.name in wanted and member.isfile() and (file := tape.extractfile(member)):
                yield member.name, file.read(limits.MAX_PICTURE_BYTES)


# ---------------------------------------------------------------------- who is held out


def by_person(files: list[str], size: int) -> Split:
    """A tenth of the people held out, whose names are in those of the files: ``Ada_Lovelace_0003.jpg``."""
    owners = [re.sub(r"_\d+$", "", PurePosixPath(name).stem) for name in files]
    people = sorted(set(owners))
    if len(people) < 2:
        return files, []
    held = {people[i] for i in holdout(len(people), None, seed=0)[1].tolist()}
    pairs = list(zip(files, owners, strict=True))
    return [name for name, who in pairs if who not in held], [name for name, who in pairs if who in held]


MOST = {32: (27_000, 3_000), 64: (13_500, 1_500)}
"""Size in pixels -> pictures of CelebA to train on and held out: 92 and 184 MB of memory."""


def by_number(files: list[str], size: int) -> Split:
    """The first and the last in the order of the files' numbers: CelebA's authors put other people at its end."""
    most, most_held = MOST[size]
    ordered = sorted(files, key=lambda name: PurePosixPath(name).name)
    held = min(most_held, len(ordered) // 10)
    return ordered[: min(most, len(ordered) - held)], ordered[len(ordered) - held :]


# ---------------------------------------------------------------------- the sets

LFW = Album(
    folder="lfw-py",
    archives=("lfw-funneled.tgz", "lfw-deepfunneled.tgz", "lfw.tgz", "lfw.zip"),
    # The authors' server is gone, and torchvision no longer downloads this; address and checksum are scikit-learn's.
    url="https://ndownloader.figshare.com/files/5976015",
    checksum="b47c8422c8cded889dc5a13418c4bc2abbda121092b3533a83306f90d900100a",
    page="",
    side=140,
    split=by_person,
)
CELEBA = Album(
    folder="celeba",
    archives=("img_align_celeba.zip",),
    # Google Drive lets a file be fetched so often a day; then a web page comes instead, and the sentence says so.
    url="https://drive.usercontent.google.com/download?id=0B7EVK8r0v71pZjFTYXZWM3FlRnM"
    "&resourcekey=0-dYn9z10tMJOBAkviAcfdyQ&export=download&confirm=t",
    checksum="00d2c5bc6d35e252742224ab0c1e8fcb",
    page="https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html",
    side=140,
    split=by_number,
)


def _offer(name: str, album: Album, about: Card, counts: dict[int, int], licence: str, size_mb: int) -> None:
    for size, count in counts.items():
        shown = about
        if size != min(counts):
            summary = f"{count:,} of the same at {size} x {size} pixels: finer, and slower to learn."
            shown = replace(about, title=f"{about.title} {size}", summary=summary)
        online = Online(album.originals, partial(album.parts, size))
        facts: dict[str, Any] = {"spared_by": album.paths}
        offer(name if size == min(counts) else f"{name}-{size}", online, shown, (3, size, size), (), licence, size_mb,
              **facts)  # fmt: skip


_offer(
    "lfw",
    LFW,
    card(
        "LFW faces",
        "13,233 press photographs of 5,749 people's faces, 32 x 32, colour.",
        "Huang et al. 2007, Labeled Faces in the Wild; aligned as in Huang et al. 2007, ICCV",
        "Faces as cameras find them: what do light, pose and smile become in the code?",
        "A small VAE gives a soft, friendly average; backgrounds stay fog.",
    ),
    {32: 13_233, 64: 13_233},
    "none stated, for research",
    243,
)
_offer(
    "celeba",
    CELEBA,
    card(
        "CelebA",
        "30,000 of 202,599 photographs of celebrities' faces, 32 x 32, colour; the others are left out.",
        "Liu et al. 2015, arXiv 1411.7766",
        "The faces of most papers: eyes always in the same place, so that a model can spend its code on who looks.",
        "What the web shows of celebrities is no fair sample of people, and a model repeats that.",
    ),
    {32: sum(MOST[32]), 64: sum(MOST[64])},
    "non-commercial research only",
    1443,
)
