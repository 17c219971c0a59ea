"""Data sets from a path: pictures in a folder, class folders or a zip, an idx pair, arrays, raw bytes, strokes, a CSV.

Whatever lies there may be broken or hostile: it is read in memory within :mod:`~genmodels.data.files.limits`, and
what cannot be read ends in one sentence (``UserError``), or in a note where only some files are left out.
Unless a ``Look`` says otherwise, pictures are cut to their central square and resized, to 28 pixels if they are grey
and about that large, else to 32; transparent parts become white. They are grey if every picture is. A tenth is held
out.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from genmodels.data import images
from genmodels.data.base import Dataset, DataSpec, Progress
from genmodels.data.files import arrays, idx, npz, pictures, raw, strokes, table
from genmodels.data.files.sources import Folder, Source, Zip
from genmodels.data.images import Look
from genmodels.data.split import holdout
from genmodels.errors import UserError

Bytes = NDArray[np.uint8]
ANY_LOOK = Look()


def read(
    path: Path,
    *,
    seed: int = 0,
    progress: Progress | None = None,
    look: Look = ANY_LOOK,
) -> Dataset:
    """The data set lying at ``path``, a tenth of it held out.

    Args:
        path: A file or a folder.
        seed: Draws the part that is held out, unless the files say which it is.
        progress: Called while reading, with a fraction from 0 to 1 and what is being done.
        look: How pictures are brought to one form.

    Raises:
        UserError: It cannot be read; the sentence says why and what would be.
    """
    try:
        images.check(look.size, look.channels)
        return _read(path, seed, progress, look)
    except PermissionError as error:
        raise UserError(f"{path.name[:60]!r} may not be read; change its permissions.") from error
    except MemoryError as error:
        raise UserError(f"{path.name[:60]!r} does not fit into this machine's memory; give less.") from error
    except OSError as error:
        raise UserError(f"{path.name[:60]!r} cannot be read ({error.strerror or 'input error'}).") from error


def _read(path: Path, seed: int, progress: Progress | None, look: Look) -> Dataset:
    if path.is_dir():
        if pairs := idx.pairs_in(path):
            return _from_idx(path, pairs, seed, look)
        return _from_pictures(path, Folder(path), seed, progress, look)
    if not path.is_file():
        raise UserError(f"{path.name[:60]!r} is neither a file nor a folder; give one of them.")
    with path.open("rb") as file:
        head = file.read(4)
    suffix = path.suffix.lower()
    if suffix in (".npz", ".npy"):
        return _from_arrays(path, seed, look)
    if suffix in table.SUFFIXES:
        return _from_table(path, seed)
    if suffix in strokes.SUFFIXES:
        return _from_strokes(path, seed, progress, look)
    if suffix == ".zip" or head[:2] == b"PK":
        return _from_pictures(path, Zip(path), seed, progress, look)
    if idx.is_images(path) or suffix == ".gz" or head[:3] == b"\0\0\x08":
        return _from_idx(path, [idx.Pair(path, idx.labels_beside(path))], seed, look)
    if suffix in raw.SUFFIXES:
        return _from_raw(path, seed, look)
    raise UserError(
        f"{path.name[:60]!r} is not a data set; give a folder or zip of pictures, an idx file, an .npz, .npy, .ndjson "
        "or CSV."
    )


def _from_pictures(path: Path, source: Source, seed: int, progress: Progress | None, look: Look) -> Dataset:
    with source:
        x, labels, classes, notes = pictures.read(source, path.name, look, progress)
    return _held_out(path, x, labels, classes, notes, seed)


def _from_arrays(path: Path, seed: int, look: Look) -> Dataset:
    alone = path.suffix.lower() == ".npy"
    values, label_values = (npz.read_array(path), None) if alone else npz.read_arrays(path)
    x, notes = arrays.to_images(values)
    labels, classes, more = arrays.to_labels(label_values, len(x))
    x, sizes = _sized(x, look)
    return _held_out(path, x, labels, classes, [*notes, *more, *sizes], seed)


def _from_raw(path: Path, seed: int, look: Look) -> Dataset:
    x, _ = arrays.to_images(raw.read_array(path))
    x, sizes = _sized(x, look)
    said = f"There is no header: the bytes were read as {len(x):,} grey pictures of {raw.SIDE} x {raw.SIDE}."
    return _held_out(path, x, None, (), [said, *sizes], seed)


def _from_strokes(path: Path, seed: int, progress: Progress | None, look: Look) -> Dataset:
    drawings, words, notes = strokes.read(path, look.size or strokes.SIDE, progress)
    x = torch.from_numpy(drawings)[:, None]
    labels, classes, more = arrays.to_labels(words, len(x))
    return _held_out(path, images.fit(x, look), labels, classes, [*notes, *more], seed)


def _from_table(path: Path, seed: int) -> Dataset:
    points, values, notes = table.read_points(path)
    labels, classes, more = arrays.to_labels(values, len(points))
    return _held_out(path, points, labels, classes, [*notes, *more], seed)


def _from_idx(path: Path, pairs: Sequence[idx.Pair], seed: int, look: Look) -> Dataset:
    """An idx pair; a folder with the training and the test pair of the MNIST family keeps that split."""
    stems = {pair.images.name.split("-")[0]: pair for pair in pairs}
    if set(stems) == {"train", "t10k"}:
        parts = [stems["train"], stems["t10k"]]
    elif len(pairs) == 1:
        parts = list(pairs)
    else:
        raise UserError(f"{path.name[:60]!r} holds {len(pairs)} idx image files; give the path of one of them.")
    read = [_idx_part(part, look) for part in parts]
    x, values, notes = read[0]
    if len(read) == 1:
        labels, classes, more = arrays.to_labels(values, len(x))
        return _held_out(path, x, labels, classes, [*notes, *more], seed)
    test, test_values, _ = read[1]
    if test.shape[1:] != x.shape[1:]:
        raise UserError(f"The training and test images in {path.name[:60]!r} differ in size; give one pair.")
    both = None if values is None or test_values is None else np.concatenate([values, test_values])
    joint, classes, more = arrays.to_labels(both, len(x) + len(test))
    labels, test_labels = (None, None) if joint is None else (joint[: len(x)], joint[len(x) :])
    return _dataset(path, classes, [*notes, *more], x, test, labels, test_labels)


def _idx_part(pair: idx.Pair, look: Look) -> tuple[Tensor, Bytes | None, list[str]]:
    x, notes = arrays.to_images(idx.read_array(pair.images))
    x, sizes = _sized(x, look)
    if pair.labels is None:
        return x, None, [*notes, *sizes, "There is no labels file beside the images."]
    values = idx.read_array(pair.labels)
    if values.shape != (len(x),):
        raise UserError(
            f"{pair.images.name[:60]!r} holds {len(x):,} images but {pair.labels.name[:60]!r} labels of shape "
            f"{values.shape}; give the files that belong together."
        )
    return x, values, [*notes, *sizes]


def _sized(x: Tensor, look: Look) -> tuple[Tensor, list[str]]:
    """Images of arrays at their size: the chosen one, their own if it is 28 or 32, else as for pictures."""
    height, width = x.shape[-2:]
    size = look.size
    notes = []
    if size is None and (height, width) not in ((28, 28), (32, 32)):
        size = 28 if x.shape[1] == 1 and 24 <= min(height, width) <= max(height, width) <= 30 else 32
        notes.append(f"Image size chosen: {size} x {size} instead of {height} x {width}.")
    return images.fit(x, replace(look, size=size)), notes


def _held_out(
    path: Path, x: Tensor, labels: Tensor | None, classes: tuple[str, ...], notes: Sequence[str], seed: int
) -> Dataset:
    train, test = holdout(len(x), labels, seed)
    parts = (None, None) if labels is None else (labels[train], labels[test])
    return _dataset(path, classes, notes, x[train], x[test], *parts)


def _dataset(
    path: Path,
    classes: tuple[str, ...],
    notes: Sequence[str],
    train: Tensor,
    test: Tensor,
    train_labels: Tensor | None,
    test_labels: Tensor | None,
) -> Dataset:
    return Dataset(
        name=str(path),
        title=path.stem[:60] or str(path),
        spec=DataSpec("image" if train.dtype == torch.uint8 else "points", tuple(train.shape[1:]), classes),
        train=train,
        test=test,
        train_labels=train_labels,
        test_labels=test_labels,
        licence="not stated",
        source=path.name,
        notes=tuple(notes),
    )
