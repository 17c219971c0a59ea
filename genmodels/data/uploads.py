"""Data that a visitor brings: looked at first as a :class:`Draft`, then kept under an unguessable id.

``load("upload:<id>")`` reads a kept set like any other, in whatever process. What is kept are plain tensors in one
safetensors file of ours per set; the files that were given are not kept.
"""

import json
import os
import re
import secrets
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from genmodels.data import files
from genmodels.data.augment import augment
from genmodels.data.base import Dataset, DataSpec, Progress
from genmodels.data.files.incoming import File, lay_out
from genmodels.data.images import Look
from genmodels.errors import UserError
from genmodels.owners import owner_key
from genmodels.registry import Card, Entry

PREFIX = "upload:"
GROUP = "upload"
MAX_SETS = 12
"""Sets of one visitor."""
MAX_SAMPLES = 100_000
MAX_SET_BYTES = 256 << 20
"""Samples of one set, and what they take unpacked."""
FEW, VERY_FEW, FEW_PER_CLASS = 1000, 50, 10
"""Samples below which a set is helped by augmentation, is too small to learn more than itself, and a class is thin."""
AUGMENTED = 4000
"""Images that a small set is brought to."""
MAX_TITLE, NAMED_FILES = 60, 4
_ID = re.compile(r"[A-Za-z0-9_-]{16,32}")
_KIND = re.compile(r"[-_.]?(images|labels)[-_.]idx\d([-_.]ubyte)?$")
_GONE = "These uploaded data are not there any more; upload them again under Train, Own data."


@dataclass(frozen=True)
class Draft:
    """Uploaded data as they would be kept.

    Attributes:
        dataset: All that was read, a part of it held out; its notes say what was left out or assumed, and why.
        shift: Whether training sees copies moved a little, where the set is small.
        flip: Whether some of the copies are mirrored.
    """

    dataset: Dataset
    shift: bool = False
    flip: bool = False

    @property
    def count(self) -> int:
        """Samples, held out or not."""
        return len(self.dataset.train) + len(self.dataset.test)

    @property
    def class_counts(self) -> dict[str, int]:
        """How many samples each class has; empty without classes."""
        parts = [part for part in (self.dataset.train_labels, self.dataset.test_labels) if part is not None]
        if not parts:
            return {}
        counts = torch.cat(parts).bincount(minlength=len(self.dataset.spec.classes)).tolist()
        return dict(zip(self.dataset.spec.classes, counts, strict=True))

    def named(self, title: str) -> "Draft":
        """The same under another title; an empty one changes nothing."""
        return replace(self, dataset=replace(self.dataset, title=clean_title(title) or self.dataset.title))

    def augmented(self, shift: bool, flip: bool) -> "Draft":
        """The same with other copies in training."""
        return replace(self, shift=shift, flip=flip)

    @property
    def warnings(self) -> list[str]:
        """What to expect of so few or so unequal samples, a sentence each."""
        images = self.dataset.spec.modality == "image"
        what = "pictures" if images else "points"
        said = []
        if self.count < VERY_FEW:
            said.append(
                f"Only {self.count:,} {what}: a model will learn them by heart; give some hundreds to see more."
            )
        elif self.count < FEW and images:
            said.append(f"{self.count:,} pictures are few: expect copies and blends of them rather than new ones.")
        counts = self.class_counts
        if thin := [name for name, n in counts.items() if n < FEW_PER_CLASS]:
            said.append(f"{len(thin)} of {len(counts)} classes have fewer than {FEW_PER_CLASS} {what}, as {thin[0]!r}.")
        elif counts and max(counts.values()) > 10 * min(counts.values()):
            said.append("Some classes have more than ten times the samples of others; the rare ones will be missed.")
        return said


@dataclass(frozen=True)
class Kept:
    """What a kept set says about itself without being loaded."""

    id: str
    title: str
    owner: str
    created: float
    modality: str
    shape: tuple[int, ...]
    classes: tuple[str, ...]
    count: int
    notes: tuple[str, ...] = ()
    shift: bool = False
    flip: bool = False

    @property
    def name(self) -> str:
        """The name under which it is loaded."""
        return PREFIX + self.id

    @property
    def spec(self) -> DataSpec:
        return DataSpec("image" if self.modality == "image" else "points", self.shape, self.classes)


def default_root() -> Path:
    """Where sets are kept: ``$GENMODELS_UPLOADS``, or a folder ``uploads`` beside the runs."""
    if chosen := os.environ.get("GENMODELS_UPLOADS"):
        return Path(chosen).expanduser()
    return Path(os.environ.get("GENMODELS_RUNS", "runs")).parent / "uploads"


def draft(
    given: Sequence[File], *, title: str = "", look: Look | None = None, progress: Progress | None = None
) -> Draft:
    """What uploaded files hold, read within limits and not yet kept.

    Args:
        given: Names and bytes: pictures (folders in their names become classes), or one zip, ``.npz``, ``.npy``,
            ``.ndjson``, idx pair, CSV.
        title: What to call the set; empty takes the name of the first file; of few files that are a class
            each, their names.
        look: How pictures are brought to one form.
        progress: Called while reading.

    Raises:
        UserError: They cannot be read or are too many or too large; the sentence says why and how to mend it.
    """
    look = look or Look(drop_blank=True)
    with tempfile.TemporaryDirectory() as folder:
        path = lay_out(given, Path(folder))
        dataset = files.read(path, look=look, progress=progress)
    check_size(dataset)
    classes = dataset.spec.classes if 1 < len(given) == len(dataset.spec.classes) <= NAMED_FILES else ()
    title = clean_title(title) or clean_title(", ".join(classes)) or title_of(given[0][0]) or "My data"
    dataset = replace(dataset, name="", title=title, source="uploaded", licence="yours")
    small = dataset.spec.modality == "image" and len(dataset.train) < FEW
    return Draft(dataset, shift=small)


def check_size(dataset: Dataset) -> None:
    """Raises UserError where a set is larger than is kept."""
    count = len(dataset.train) + len(dataset.test)
    if count > MAX_SAMPLES:
        raise UserError(f"These are {count:,} samples; at most {MAX_SAMPLES:,} are kept, so give fewer.")
    if dataset.train.nbytes + dataset.test.nbytes > MAX_SET_BYTES:
        raise UserError(
            f"{count:,} pictures of this size take more than {MAX_SET_BYTES >> 20} MB; choose a smaller size, grey, "
            "or fewer pictures."
        )


def clean_title(text: str) -> str:
    """A title fit to be shown: printable, single spaces, at most 60 characters.

    >>> clean_title("  my\\x00 cats\\n")
    'my cats'
    """
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:MAX_TITLE].strip()


def title_of(name: str) -> str:
    """A title from the name of a file, without the parts that only say its kind; empty where it is but a number.

    >>> title_of("holiday/my cats.zip"), title_of("train-images-idx3-ubyte.gz"), title_of("cats/0001.png")
    ('my cats', 'train', '')
    """
    title = clean_title(_KIND.sub("", Path(name.replace("\\", "/")).stem))
    return "" if title.isdecimal() else title


class UploadStore:
    """The kept sets below one folder. A set is listed and deleted by its owner; whoever knows its id can load it."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = default_root() if root is None else Path(root)

    def keep(self, draft: Draft, owner: str) -> Kept:
        """Store a draft for ``owner``.

        Raises:
            UserError: The owner keeps as many sets as there may be, or the disk refuses.
        """
        check_size(draft.dataset)
        if len(self.listed(owner)) >= MAX_SETS:
            raise UserError(f"You keep {MAX_SETS} sets already; delete one of them first.")
        data = draft.dataset
        kept = Kept(
            id=secrets.token_urlsafe(16), title=data.title, owner=owner_key(owner), created=time.time(),
            modality=data.spec.modality, shape=data.spec.shape, classes=data.spec.classes, count=draft.count,
            notes=data.notes, shift=draft.shift, flip=draft.flip,
        )  # fmt: skip
        labels = {"train_labels": data.train_labels, "test_labels": data.test_labels}
        tensors = {"train": data.train, "test": data.test} | {k: v for k, v in labels.items() if v is not None}
        path = self.root / f"{kept.id}.safetensors"
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(".part")
            save_file({name: t.contiguous() for name, t in tensors.items()}, part, {"about": json.dumps(asdict(kept))})
            part.replace(path)
        except (OSError, SafetensorError) as error:
            raise UserError("The data could not be stored on this machine's disk; make room and try again.") from error
        return kept

    def find(self, name: object) -> Kept:
        """The set called ``upload:<id>``; ``name`` may be hostile.

        Raises:
            UserError: There is none.
        """
        path = self._path(name)
        try:
            with safe_open(path, framework="pt") as file:
                values: dict[str, Any] = json.loads(file.metadata()["about"])
            lists = ("shape", "classes", "notes")
            kept = Kept(**values | {key: tuple(values[key]) for key in lists})
        except (OSError, SafetensorError, ValueError, TypeError, KeyError) as error:
            raise UserError(_GONE) from error
        return replace(kept, id=path.stem)

    def _path(self, name: object) -> Path:
        if not isinstance(name, str) or not name.startswith(PREFIX) or not _ID.fullmatch(name[len(PREFIX) :]):
            raise UserError(_GONE)
        path = self.root / f"{name[len(PREFIX) :]}.safetensors"
        if path.is_symlink() or not path.is_file():
            raise UserError(_GONE)
        return path

    def load(self, name: object, seed: int = 0, copies: bool = True) -> Dataset:
        """The samples of a kept set, a small one with the copies that its owner chose unless ``copies`` is False.

        Raises:
            UserError: There is no such set, or its file is damaged.
        """
        kept = self.find(name)
        try:
            parts = load_file(self._path(name))
            _check_parts(parts, kept)
        except (OSError, SafetensorError, KeyError, ValueError) as error:
            raise UserError(f"The file of {kept.title!r} is damaged; delete this set and upload it again.") from error
        data = Dataset(
            name=kept.name, title=kept.title, spec=kept.spec, train=parts["train"], test=parts["test"],
            train_labels=parts.get("train_labels"), test_labels=parts.get("test_labels"), licence="yours",
            source="uploaded", notes=kept.notes,
        )  # fmt: skip
        return self.with_copies(data, seed) if copies else data

    def with_copies(self, data: Dataset, seed: int = 0) -> Dataset:
        """A kept set, or another split of it, with the copies that its owner chose, of training pictures alone.

        Raises:
            UserError: There is no such set.
        """
        kept, few = self.find(data.name), len(data.train)
        if not kept.shift or kept.modality != "image" or few >= AUGMENTED:
            return data
        train, labels = augment(data.train, data.train_labels, AUGMENTED, kept.flip, seed)
        note = f"{few:,} pictures became {AUGMENTED:,} by moving copies of them a little."
        return replace(data, train=train, train_labels=labels, notes=(*data.notes, note))

    def owns(self, kept: Kept, owner: str) -> bool:
        """Whether ``owner`` brought this set."""
        return kept.owner == owner_key(owner)

    def listed(self, owner: str) -> list[Kept]:
        """The owner's sets, newest first; damaged ones are left out."""
        return sorted((kept for kept in self._all() if self.owns(kept, owner)), key=lambda k: k.created, reverse=True)

    def _all(self) -> Iterator[Kept]:
        for path in self.root.glob("*.safetensors"):
            try:
                yield self.find(PREFIX + path.stem)
            except UserError:
                continue

    def delete(self, name: object, owner: str) -> None:
        """Remove a set of one's own; runs that learned from it stay, but cannot go on learning.

        Raises:
            UserError: There is none, or it is somebody else's.
        """
        if not self.owns(self.find(name), owner):
            raise UserError("Only the person who brought a data set can delete it.")
        self._path(name).unlink(missing_ok=True)


def _check_parts(parts: dict[str, Tensor], kept: Kept) -> None:
    if any(tuple(parts[part].shape[1:]) != kept.shape or not len(parts[part]) for part in ("train", "test")):
        raise ValueError("shapes differ")
    if ("train_labels" in parts) != bool(kept.classes):
        raise ValueError("labels differ")


def entry(name: str) -> Entry[Any]:
    """A kept set as the registry would show it. Raises UserError where there is none."""
    kept = UploadStore().find(name)
    what = "pictures" if kept.modality == "image" else "points"
    classes = f" in {len(kept.classes)} classes" if kept.classes else ""
    card = Card(
        title=kept.title,
        summary=f"{kept.count:,} {what}{classes}, brought by you.",
        family="Own data",
        teaches="What a model makes of data that nobody has tuned it for.",
    )
    extra = {"group": GROUP, "modality": kept.modality, "shape": kept.shape, "classes": kept.classes}
    return Entry(kept.name, None, card, extra | {"licence": "yours", "size_mb": 0})
