"""Bookmarks kept with a run."""

import csv
import json
from pathlib import Path

import pytest

from genmodels.errors import UserError
from genmodels.latent.bookmarks import (
    FILE,
    MOST_MARKS,
    MOST_NUMBERS,
    Bookmark,
    as_csv,
    as_json,
    load,
    merged,
    read_in,
    save,
)

MARKS = [
    Bookmark("here", "point", ((0.5, -1.25),)),
    Bookmark("smile", "direction", ((1.0, 0.0),)),
    Bookmark("=SUM(A1)", "group", ((0.0, 1.0), (2.0, 3.0))),
]


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    assert load(tmp_path, 2) == []
    save(tmp_path, MARKS, 2)
    assert load(tmp_path, 2) == MARKS
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    assert json.loads(as_json(MARKS)) == json.loads((tmp_path / FILE).read_text())


def test_the_table_can_be_read_and_is_no_formula() -> None:
    rows = list(csv.reader(as_csv(MARKS, 2).splitlines()))
    assert rows[0] == ["name", "kind", "z1", "z2"]
    assert rows[3:] == [["'=SUM(A1)", "group", "0", "1"], ["'=SUM(A1)", "group", "2", "3"]]


HOSTILE = (
    "",
    "{",
    "[]",
    "null",
    "[" * 100_000,
    '{"schema_version": 2, "marks": []}',
    '{"schema_version": 1, "marks": [{"name": "", "kind": "point", "codes": [[1, 2]]}]}',
    '{"schema_version": 1, "marks": [{"name": "a", "kind": "hole", "codes": [[1, 2]]}]}',
    '{"schema_version": 1, "marks": [{"name": "a", "kind": "point", "codes": []}]}',
    '{"schema_version": 1, "marks": [{"name": "a", "kind": "point", "codes": [[1, 2, 3]]}]}',
    '{"schema_version": 1, "marks": [{"name": "a", "kind": "point", "codes": [[1, 1e999]]}]}',
    '{"schema_version": 1, "marks": [{"name": "a", "kind": "point", "codes": [[1, NaN]]}]}',
    '{"schema_version": 1, "marks": [{"name": "a", "kind": "point", "codes": [[1, 2], [3, 4]]}]}',
    '{"schema_version": 1, "marks": [{"name": "a", "kind": "group", "codes": "x"}]}',
    " " * 2_000_000,
)


@pytest.mark.parametrize("content", HOSTILE)
def test_a_hostile_file_is_one_sentence(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content)
    with pytest.raises(UserError) as caught:
        load(tmp_path, 2)
    assert len(str(caught.value)) < 200
    save(tmp_path, MARKS, 2)  # and the next one that is kept puts it right
    assert load(tmp_path, 2) == MARKS


def test_what_was_taken_home_is_read_in_again() -> None:
    assert read_in(as_json(MARKS).encode(), 2) == MARKS
    other = Bookmark("here", "point", ((1.0, 1.0),))
    long = Bookmark("n" * 40, "point", ((0.0, 0.0),)), Bookmark("n" * 40, "direction", ((0.0, 1.0),))
    together = merged(MARKS, [*MARKS, other, *long])
    assert together[: len(MARKS) + 2] == [*MARKS, Bookmark("here 2", "point", other.codes), long[0]]
    assert [len(mark.name) for mark in together[-2:]] == [40, 38]
    assert merged(together, together) == together


@pytest.mark.parametrize(
    "content",
    [
        *HOSTILE,
        as_json(MARKS).replace("here", "\\u202e"),
        as_json(MARKS).replace("here", "  "),
        as_json(MARKS + MARKS[:1]),
        as_json([Bookmark("a", "group", ((0.0, 0.0),) * (MOST_NUMBERS // 2)), *MARKS]),
        '{"schema_version": 1, "marks": [{"name": "a", "kind": "point", "codes": [[1, ' + "9" * 5_000 + "]]}]}",
        '{"schema_version": 1, "marks": [{"name": "a", "kind": "point", "codes": [[1, 2]], "more": 1}]}',
    ],
)
def test_a_hostile_upload_is_one_sentence(content: str) -> None:
    for data in (content.encode(), content.encode("utf-16")):
        with pytest.raises(UserError) as caught:
            read_in(data, 2)
        assert len(str(caught.value)) < 200


def test_what_cannot_be_kept_is_refused(tmp_path: Path) -> None:
    many = [Bookmark(str(i), "point", ((0.0, 0.0),)) for i in range(MOST_MARKS + 1)]
    for marks in (MARKS + MARKS[:1], many, [Bookmark("a", "point", ((1.0,),))]):
        with pytest.raises(UserError):
            save(tmp_path, marks, 2)
    with pytest.raises(UserError):
        save(tmp_path / "gone", MARKS, 2)
    assert not list(tmp_path.iterdir())
