"""Data sets that are downloaded at first use, most of them with torchvision's knowledge of where they lie.

The download itself is ours (:mod:`genmodels.data.download`), because torchvision's has neither a time-out nor a
progress callback, and begins anew where it broke off. After the first load one file with plain bytes lies beside the
originals, and later loads neither unpack nor import torchvision.
"""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from genmodels.data.base import Dataset, DataSpec, Progress
from genmodels.data.catalog import DATASETS
from genmodels.data.download import NotFetchedError, Original, fetch_all, shortly
from genmodels.data.embedded import CLOTHES, DIGITS
from genmodels.data.torchvision_compat import import_torchvision
from genmodels.errors import UserError
from genmodels.registry import Card

Parts = dict[str, Tensor]
"""``train``, ``test``: uint8 [N, C, H, W]; with classes also ``train_labels``, ``test_labels``: uint8 [N]."""


class DamagedError(Exception):
    """The originals are there but cannot be read."""


@dataclass(frozen=True)
class Online:
    """Where one data set comes from and how it is read.

    Attributes:
        originals: From the root to the files that have to be downloaded; none where others in their place will do.
        parts: From the root to what the files hold; raises DamagedError.
    """

    originals: Callable[[Path], list[Original]]
    parts: Callable[[Path, Progress], Parts]


def _of_torchvision(
    class_name: str, originals: Callable[[Any, Path], list[Original]], parts: Callable[[Any, Path], Parts]
) -> Online:
    """What torchvision's class of that name knows."""

    def known() -> Any:
        return getattr(import_torchvision().datasets, class_name)

    def read(root: Path, tell: Progress) -> Parts:
        try:
            return parts(known(), root)
        except Exception as error:  # torchvision meets damaged files with whatever its readers raise
            raise DamagedError from error

    return Online(lambda root: originals(known(), root), read)


def _mnist_originals(dataset: Any, root: Path) -> list[Original]:
    folder = root / dataset.__name__ / "raw"
    if all((folder / name).with_suffix("").is_file() for name, _ in dataset.resources):
        return []  # already unpacked, as torchvision sees it
    return [
        Original(tuple(mirror + name for mirror in dataset.mirrors), folder / name, md5)
        for name, md5 in dataset.resources
    ]


def _mnist_parts(dataset: Any, root: Path) -> Parts:
    train, test = (dataset(root, train=train, download=True) for train in (True, False))
    return _parts(train.data[:, None], train.targets, test.data[:, None], test.targets)


def _emnist_originals(dataset: Any, root: Path) -> list[Original]:
    folder = root / dataset.__name__ / "raw"
    if all((folder / f"emnist-letters-{part}-images-idx3-ubyte").is_file() for part in ("train", "test")):
        return []
    return [Original((dataset.url,), folder / "gzip.zip", dataset.md5)]


def _emnist_parts(dataset: Any, root: Path) -> Parts:
    """The letters, upright: they are published with rows and columns exchanged, and counted from 1."""
    train, test = (dataset(root, split="letters", train=train, download=True) for train in (True, False))
    images = (part.data[:, None].transpose(2, 3) for part in (train, test))
    return _parts(next(images), train.targets - 1, next(images), test.targets - 1)


def _cifar_originals(dataset: Any, root: Path) -> list[Original]:
    return [Original((dataset.url,), root / dataset.filename, dataset.tgz_md5)]


def _cifar_parts(dataset: Any, root: Path) -> Parts:
    train, test = (dataset(root, train=train, download=True) for train in (True, False))
    pixels = (torch.from_numpy(part.data).permute(0, 3, 1, 2) for part in (train, test))
    return _parts(next(pixels), torch.tensor(train.targets), next(pixels), torch.tensor(test.targets))


def _svhn_originals(dataset: Any, root: Path) -> list[Original]:
    files = (dataset.split_list[part] for part in ("train", "test"))
    return [Original((url,), root / name, md5) for url, name, md5 in files]


def _svhn_parts(dataset: Any, root: Path) -> Parts:
    train, test = (dataset(root, split=split, download=True) for split in ("train", "test"))
    tensors = (torch.from_numpy(array) for array in (train.data, train.labels, test.data, test.labels))
    return _parts(*tensors)


def _parts(train: Tensor, train_labels: Tensor, test: Tensor, test_labels: Tensor) -> Parts:
    parts = {"train": train, "train_labels": train_labels, "test": test, "test_labels": test_labels}
    return {name: part.to(torch.uint8).contiguous() for name, part in parts.items()}


def _load(name: str, online: Online, root: Path, progress: Progress | None, seed: int) -> Dataset:
    entry = DATASETS[name]
    spec = DataSpec(entry.extra["modality"], entry.extra["shape"], entry.extra["classes"])
    tell = progress or (lambda fraction, what: None)
    cache = root / f"{name}.safetensors"
    parts = _cached(cache, spec)
    if parts is None:
        parts = _first_use(name, online, root, tell)
        _keep(parts, cache)
    tell(1.0, f"{entry.card.title} is ready")
    return Dataset(
        name=name,
        title=entry.card.title,
        spec=spec,
        train=parts["train"],
        test=parts["test"],
        train_labels=parts["train_labels"].long() if spec.classes else None,
        test_labels=parts["test_labels"].long() if spec.classes else None,
        licence=entry.extra["licence"],
        source=entry.card.paper,
    )


def _cached(path: Path, spec: DataSpec) -> Parts | None:
    """What an earlier load kept; None if there is nothing or it is damaged, so that it is made anew."""
    try:
        parts = load_file(path)
    except (OSError, SafetensorError):
        return None
    shapes = [tuple(parts[part].shape[1:]) for part in ("train", "test") if part in parts]
    labels = {"train_labels", "test_labels"} if spec.classes else set()
    return parts if shapes == [spec.shape] * 2 and labels <= parts.keys() else None


def _keep(parts: Parts, path: Path) -> None:
    """Writes the file for later loads; a full or read-only disk costs the speed of the next load only."""
    with contextlib.suppress(OSError, SafetensorError), _whole_file(path) as part:
        save_file(parts, part)


@contextlib.contextmanager
def _whole_file(path: Path) -> Iterator[Path]:
    """A temporary path that becomes ``path`` at the end, or vanishes if anything goes wrong on the way."""
    handle, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".part", dir=path.parent)
    os.close(handle)
    part = Path(name)
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _first_use(name: str, online: Online, root: Path, tell: Progress) -> Parts:
    """Fetches what is missing and reads it.

    Raises:
        UserError: It cannot be downloaded, stored or read; the sentence says how to bring it by hand, and offers the
            built-in sets.
    """
    title = DATASETS[name].card.title
    instead = "choose 'digits' or 'fashion', which need no download."
    try:
        tell(0.0, f"Looking for {title}")
        fetch_all(online.originals(root), lambda fraction: tell(0.9 * fraction, f"Downloading {title}"))
    except NotFetchedError as error:
        file = error.original
        raise UserError(
            f"{title} could not be downloaded ({error}); try again later, put {file.path.name} from "
            f"{file.page or file.urls[0]} into {str(file.path.parent)!r}, or {instead}"
        ) from error
    except (OSError, ImportError) as error:
        raise UserError(f"{title} could not be downloaded ({shortly(error)}); try again later or {instead}") from error
    tell(0.9, f"Unpacking {title}")
    try:
        return online.parts(root, lambda fraction, what: tell(0.9 + 0.1 * fraction, what))
    except DamagedError as error:
        raise UserError(
            f"The files of {title} in {str(root)!r} are damaged; delete them and load again, or {instead}"
        ) from error


MNIST = _of_torchvision("MNIST", _mnist_originals, _mnist_parts)
FASHION_MNIST = _of_torchvision("FashionMNIST", _mnist_originals, _mnist_parts)
KMNIST = _of_torchvision("KMNIST", _mnist_originals, _mnist_parts)
EMNIST = _of_torchvision("EMNIST", _emnist_originals, _emnist_parts)
CIFAR10 = _of_torchvision("CIFAR10", _cifar_originals, _cifar_parts)
SVHN = _of_torchvision("SVHN", _svhn_originals, _svhn_parts)


def offer(
    name: str,
    online: Online,
    card: Card,
    shape: tuple[int, ...],
    classes: tuple[str, ...],
    licence: str,
    size_mb: int,
    **more: Any,
) -> None:
    """Register a data set to be downloaded; ``more`` is said beside the usual facts (see ``DATASETS``)."""
    facts: Mapping[str, Any] = {"modality": "image", "shape": shape, "classes": classes, "licence": licence}
    DATASETS.register(name, card, group="online", size_mb=size_mb, **facts, **more)(partial(_load, name, online))


def card(title: str, summary: str, paper: str, teaches: str, fails: str) -> Card:
    """The card of a downloaded set."""
    return Card(title=title, summary=summary, family="Downloaded", paper=paper, teaches=teaches, fails=fails)


offer(
    "mnist",
    MNIST,
    card(
        "MNIST",
        "70,000 handwritten digits, 28 x 28, grey.",
        "LeCun et al. 1998, Gradient-based learning applied to document recognition",
        "The set on which nearly every paper reports: compare your numbers with theirs.",
        "Looks solved early: judge by numbers, not by eye.",
    ),
    (1, 28, 28),
    DIGITS,
    "CC BY-SA 3.0",
    12,
)
offer(
    "fashion-mnist",
    FASHION_MNIST,
    card(
        "Fashion-MNIST",
        "70,000 pieces of clothing, 28 x 28, grey.",
        "Xiao et al. 2017, arXiv 1708.07747",
        "Texture beside shape: what a likelihood blurs and a discriminator keeps.",
        "Prints and seams are lost first.",
    ),
    (1, 28, 28),
    CLOTHES,
    "MIT",
    31,
)
offer(
    "kmnist",
    KMNIST,
    card(
        "Kuzushiji-MNIST",
        "70,000 cursive Japanese characters, 28 x 28, grey.",
        "Clanuwat et al. 2018, arXiv 1812.01718",
        "Several very different shapes per class: clusters within clusters.",
        "Rare ways of writing a character go missing.",
    ),
    (1, 28, 28),
    ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
    "CC BY-SA 4.0",
    21,
)
offer(
    "emnist-letters",
    EMNIST,
    card(
        "EMNIST letters",
        "145,600 handwritten letters, 28 x 28, grey; small and capital ones of a letter are one class.",
        "Cohen et al. 2017, arXiv 1702.05373",
        "Classes that hold two shapes each: how a model finds a and A in one cluster, or does not.",
        "i and l share most of their pictures.",
    ),
    (1, 28, 28),
    tuple("abcdefghijklmnopqrstuvwxyz"),
    "public domain",
    562,
    spared_by=("EMNIST/raw/gzip.zip", "EMNIST/raw/emnist-letters-train-images-idx3-ubyte"),
)
offer(
    "cifar10",
    CIFAR10,
    card(
        "CIFAR-10",
        "60,000 small photographs of 10 kinds of things, 32 x 32, colour.",
        "Krizhevsky 2009, Learning multiple layers of features from tiny images",
        "Natural images: how far small models reach.",
        "A small VAE gives coloured fog, a small GAN textures without objects.",
    ),
    (3, 32, 32),
    ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
    "none stated",
    171,
    spared_by=("cifar-10-python.tar.gz",),
)
offer(
    "svhn",
    SVHN,
    card(
        "Street View House Numbers",
        "99,289 digits cut from photographs of houses, 32 x 32, colour.",
        "Netzer et al. 2011, Reading digits in natural images with unsupervised feature learning",
        "Digits with colour, light and neighbours: more to explain than the class.",
        "Background and colour use up the latent dimensions before the digit does.",
    ),
    (3, 32, 32),
    DIGITS,
    "non-commercial use only",
    246,
)
