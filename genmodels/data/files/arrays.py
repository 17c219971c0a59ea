"""Plain arrays of any common layout -> image tensors and labels."""

import math
from collections.abc import Callable, Iterable
from itertools import chain, count
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from genmodels.data import images
from genmodels.data.files import limits
from genmodels.errors import UserError

_Scale = Callable[[NDArray[Any]], NDArray[Any]]


def to_images(array: NDArray[Any]) -> tuple[Tensor, list[str]]:
    """Images from ``[N, H, W]``, ``[N, H, W, C]``, ``[N, C, H, W]`` (C 1, 3 or 4) or flat ``[N, D]``.

    Flat rows must be squares: grey, or three colour planes one after the other. Values are bytes, booleans,
    16-bit integers, or floating point in 0..1, -1..1 or 0..255.

    Returns:
        uint8 ``[N, C, H, W]`` with C 1 or 3, and notes on what was assumed.

    Raises:
        UserError: The shape or the values are none of these.
    """
    if array.ndim not in (2, 3, 4) or 0 in array.shape:
        raise UserError(f"An array of shape {array.shape} is no set of images; give [N, H, W] or [N, H, W, 3].")
    scale, notes = _value_range(array)
    layout = _planes(array)
    if layout[0, 0].size > limits.MAX_PICTURE_PIXELS:
        raise UserError(f"Images of {layout.shape[2]:,} x {layout.shape[3]:,} pixels are too large; make them smaller.")
    out: NDArray[np.uint8] = np.empty(layout.shape, np.uint8)
    step = images.per_batch(layout[0].size)
    for start in range(0, len(layout), step):
        out[start : start + step] = scale(layout[start : start + step])
    if out.shape[1] == 4:
        notes.append("The alpha channel was left out.")
        out = out[:, :3]
    return torch.from_numpy(np.ascontiguousarray(out)), notes


def _planes(array: NDArray[Any]) -> NDArray[Any]:
    """A view of the array as ``[N, C, H, W]``."""
    n = len(array)
    if array.ndim == 2:
        for channels in (1, 3):
            side = math.isqrt(array.shape[1] // channels)
            if side > 1 and channels * side * side == array.shape[1]:
                return array.reshape(n, channels, side, side)
        raise UserError(f"Rows of {array.shape[1]} values are no square images; give them as [N, H, W].")
    if array.ndim == 3:
        return array[:, None]
    if array.shape[3] in (1, 3, 4):
        return array.transpose(0, 3, 1, 2)
    if array.shape[1] in (1, 3, 4):
        return array
    raise UserError(f"Images of shape {array.shape[1:]} have no 1, 3 or 4 channels; give [N, H, W] or [N, H, W, 3].")


def _value_range(array: NDArray[Any]) -> tuple[_Scale, list[str]]:
    """A function that takes a part of the array to bytes, and notes."""
    if array.dtype.kind not in "buif":
        raise UserError("The images are not numbers; save them as bytes (uint8).")
    if array.dtype == np.uint8:
        return (lambda part: part), []
    low, high = float(array.min()), float(array.max())
    if array.dtype.kind == "b" or (array.dtype.kind == "f" and low >= 0 and high <= 1):
        return (lambda part: (part.astype(np.float32) * 255).round()), []
    if array.dtype.kind == "f" and low >= -1 and high <= 1:
        return (lambda part: ((part.astype(np.float32) + 1) * 127.5).round()), ["Values from -1 to 1 became 0 to 255."]
    if low >= 0 and high <= 255:
        return np.round, []
    if array.dtype.kind in "ui" and low >= 0 and high <= 65535:
        return (lambda part: part.astype(np.uint32) >> 8), ["16-bit values became 8-bit ones."]
    raise UserError(f"The images' values go from {low:g} to {high:g}; give 0 to 255, 0 to 1 or -1 to 1.")


def to_labels(values: NDArray[Any] | None, count: int) -> tuple[Tensor | None, tuple[str, ...], list[str]]:
    """Labels 0, 1, 2, ... from any values, the classes' names, and notes.

    Args:
        values: ``[count]`` or ``[count, 1]`` whole numbers or words; None where there are none.
        count: Number of images.

    Returns:
        int64 ``[count]`` or None, names in label order, notes on why labels were left out.

    Raises:
        UserError: Their number is not that of the images.
    """
    if values is None:
        return None, (), []
    values = values.reshape(-1) if values.size == count else values
    if values.shape != (count,):
        raise UserError(f"There are {count:,} images but labels of shape {values.shape}; give one label per image.")
    if values.dtype.kind == "f":
        if not np.isfinite(values).all() or (values != values.round()).any():
            return None, (), ["The labels were left out: they are not whole numbers."]
        values = values.astype(np.int64)
    names, labels = np.unique(values, return_inverse=True)
    if len(names) > limits.MAX_CLASSES:
        return None, (), [f"The labels were left out: there are more than {limits.MAX_CLASSES:,} classes."]
    return torch.from_numpy(labels.astype(np.int64)), distinct(str(name) for name in names), []


MOST_LETTERS = 40
"""Of a class name."""


def clean(name: str) -> str:
    """A class name fit to be shown: printable, at most 40 characters, never empty."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)[:MOST_LETTERS] or "?"


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    """Class names fit to be shown, numbered where that made two of them one.

    >>> distinct(["a\\n", "a\\t", "b"])
    ('a?', 'a? (2)', 'b')
    """
    given: dict[str, None] = {}
    for name in map(clean, names):
        numbered = (f"{name[: MOST_LETTERS - len(mark)]}{mark}" for n in count(2) if (mark := f" ({n})"))
        given[next(one for one in chain([name], numbered) if one not in given)] = None
    return tuple(given)
