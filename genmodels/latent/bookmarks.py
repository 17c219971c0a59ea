"""Places worth coming back to: points, directions and groups of codes, kept with a run."""

import csv
import io
import math
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass
from typing_extensions import TypedDict

from genmodels.errors import UserError
from genmodels.jsontext import from_json, to_json
from genmodels.training.files import MAX_JSON, read_json, write_json

FILE = "bookmarks.json"
MOST_MARKS, MOST_NUMBERS, MOST_NAME = 100, 40_000, 40
"""Bookmarks of one run, entries of the codes in all of them together, letters of a name."""

Kind = Literal["point", "direction", "group"]
Value = Annotated[float, Field(ge=-1e3, le=1e3, allow_inf_nan=False)]


@dataclass(frozen=True, config=ConfigDict(strict=False, extra="forbid"))
class Bookmark:
    """A point, a direction (one code each), or a group (several codes).

    Attributes:
        name: Unique within its run.
        kind: What it is.
        codes: A row of ``latent_dim`` numbers for each code.
    """

    name: Annotated[str, Field(min_length=1, max_length=MOST_NAME)]
    kind: Kind
    codes: Annotated[tuple[tuple[Value, ...], ...], Field(min_length=1, max_length=MOST_NUMBERS)]

    def mean(self) -> tuple[float, ...]:
        """The middle of its codes.

        >>> Bookmark("two", "group", ((0.0, 2.0), (1.0, 4.0))).mean()
        (0.5, 3.0)
        """
        return tuple(math.fsum(column) / len(self.codes) for column in zip(*self.codes, strict=True))


class _File(TypedDict):
    schema_version: Literal[1]
    marks: list[Bookmark]


_FILE = TypeAdapter(_File)


def checked(marks: list[Bookmark], latent_dim: int) -> list[Bookmark]:
    """``marks`` if a run with ``latent_dim`` dimensions can keep them.

    Raises:
        UserError: A name is there twice, a code has another length, or there are too many.
    """
    most = MOST_NUMBERS // latent_dim
    if len(marks) > MOST_MARKS or sum(len(mark.codes) for mark in marks) > most:
        raise UserError(f"A run keeps at most {MOST_MARKS} bookmarks with {most:,} codes; remove some first.")
    names = [mark.name for mark in marks]
    if double := next((name for name in names if names.count(name) > 1), None):
        raise UserError(f"There already is a bookmark called {double!r}; choose another name.")
    if any(len(code) != latent_dim for mark in marks for code in mark.codes):
        raise UserError(f"These bookmarks belong to another model: this one has {latent_dim} latent dimensions.")
    if any(mark.kind != "group" and len(mark.codes) != 1 for mark in marks):
        raise UserError("A point or direction is one code; only a group has several.")
    return marks


def load(folder: Path, latent_dim: int) -> list[Bookmark]:
    """The bookmarks in a run folder; none where there is no file.

    Raises:
        UserError: The file is damaged, too large, or belongs to another model.
    """
    path = folder / FILE
    if not path.exists():
        return []
    try:
        return checked(_FILE.validate_python(read_json(path))["marks"], latent_dim)
    except ValidationError:
        raise UserError("The bookmarks of this run are damaged; the next one that you keep replaces them.") from None


def save(folder: Path, marks: list[Bookmark], latent_dim: int) -> None:
    """Keep the bookmarks in a run folder, in one go: readers see the old ones or the new ones.

    Raises:
        UserError: As :func:`checked`, or the folder is gone.
    """
    checked(marks, latent_dim)
    try:
        write_json(folder / FILE, _plain(marks))
    except OSError as error:
        raise UserError(f"The bookmark could not be kept ({error.strerror}).") from None


def read_in(content: bytes, latent_dim: int) -> list[Bookmark]:
    """The bookmarks in a file by :func:`as_json`, wherever it comes from.

    Raises:
        UserError: It is no such file, is too large, or belongs to another model.
    """
    if len(content) > MAX_JSON:
        raise UserError(f"This file is larger than {MAX_JSON // 1_000_000} MB; bookmarks never are.")
    try:
        marks = _FILE.validate_python(from_json(content))["marks"]
    except ValueError:
        raise UserError("This is not a bookmark file; choose a JSON file downloaded from Explore.") from None
    if not all(mark.name.strip() and mark.name.isprintable() for mark in marks):
        raise UserError("A name in this file cannot be shown; rename that bookmark where it was made.")
    return checked(marks, latent_dim)


def merged(kept: list[Bookmark], new: list[Bookmark]) -> list[Bookmark]:
    """Both together: what is there already is not kept twice, and a name that is taken gets a number.

    >>> a, b = Bookmark("a", "point", ((0.0,),)), Bookmark("a", "point", ((1.0,),))
    >>> [mark.name for mark in merged([a], [a, b])]
    ['a', 'a 2']
    """
    together = list(kept)
    for mark in new:
        if mark not in together:
            together.append(replace(mark, name=_free(mark.name, {other.name for other in together})))
    return together


def _free(name: str, taken: set[str]) -> str:
    numbered = (f"{name[: MOST_NAME - 4].strip()} {n}" for n in range(2, len(taken) + 3))
    return next(one for one in (name, *numbered) if one not in taken)


def as_json(marks: list[Bookmark]) -> str:
    """The file as it lies in the run folder."""
    return to_json(_plain(marks)) + "\n"


def as_csv(marks: list[Bookmark], latent_dim: int) -> str:
    """A row for each code: name, kind, z1, z2, ...

    Names that a spreadsheet would take for a formula get an apostrophe in front.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["name", "kind", *(f"z{j + 1}" for j in range(latent_dim))])
    for mark in marks:
        name = f"'{mark.name}" if mark.name[0] in "=+-@\t\r" else mark.name
        table.writerows([name, mark.kind, *(f"{value:.6g}" for value in code)] for code in mark.codes)
    return text.getvalue()


def _plain(marks: list[Bookmark]) -> dict[str, object]:
    rows = [{"name": mark.name, "kind": mark.kind, "codes": mark.codes} for mark in marks]
    return {"schema_version": 1, "marks": rows}
