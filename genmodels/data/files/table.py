"""Points in the plane from a CSV: two columns of numbers, and a third with the class if there is one."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from genmodels.data.files import limits
from genmodels.errors import UserError

SUFFIXES = (".csv", ".tsv")
_DELIMITERS = ",;\t"


def read_points(path: Path) -> tuple[Tensor, NDArray[Any] | None, list[str]]:
    """The points of a CSV, moved to mean 0 and scaled to a standard deviation of 1, the same for both axes.

    Columns are separated by commas, semicolons or tabs; a first line without numbers is a header.

    Returns:
        float32 ``[N, 2]``; the third column as words ``[N]`` or None; notes.

    Raises:
        UserError: It is no table of points, or beyond a limit.
    """
    name = path.name[:60]
    if path.stat().st_size > limits.MAX_TABLE_BYTES:
        raise UserError(f"{name!r} is larger than {limits.MAX_TABLE_BYTES >> 20} MB; give fewer points.")
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise UserError(f"{name!r} is not text; save the table as CSV in UTF-8.") from error
    rows = _rows(lines, name)
    header = bool(rows) and not _is_number(rows[0][0])
    points, values = _columns(rows[header:], name, 1 + header)
    return _standard(points, name), values, ["Points were moved to the middle and scaled to a spread of 1."]


def _rows(lines: list[str], name: str) -> list[list[str]]:
    lines = [line for line in lines if line.strip()]
    if not lines:
        raise UserError(f"{name!r} is empty; give one point per line.")
    if len(lines) > limits.MAX_POINTS:
        raise UserError(f"{name!r} holds more than {limits.MAX_POINTS:,} lines; give fewer points.")
    delimiter = max(_DELIMITERS, key=lines[0].count)
    try:
        return [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=delimiter)]
    except csv.Error as error:
        raise UserError(f"{name!r} is not a CSV table; save it again with one point per line.") from error


def _columns(rows: list[list[str]], name: str, first: int) -> tuple[NDArray[np.float64], NDArray[Any] | None]:
    widths = {len(row) for row in rows}
    if len(widths) != 1 or not widths <= {2, 3}:
        raise UserError(f"{name!r} needs two columns, x and y, and may have a third with the class, in every line.")
    for number, row in enumerate(rows, start=first):
        if not (_is_number(row[0]) and _is_number(row[1])):
            raise UserError(f"Line {number:,} of {name!r} does not begin with two finite numbers; mend or remove it.")
    points = np.array([[float(row[0]), float(row[1])] for row in rows])
    return points, np.array([row[2] for row in rows]) if widths == {3} else None


def _is_number(text: str) -> bool:
    try:
        return abs(float(text)) < 1e100
    except ValueError:
        return False


def _standard(points: NDArray[np.float64], name: str) -> Tensor:
    centred = points - points.mean(0)
    spread = float(centred.std())
    if spread == 0:
        raise UserError(f"All points in {name!r} are the same; give points that differ.")
    return torch.from_numpy((centred / spread).astype(np.float32))
