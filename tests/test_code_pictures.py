"""The sheet of pictures behind a scatter, and codes in space."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from pages.parts.code_sheet import MOST, MOST_SIDE, sheet_of
from pages.parts.explore.space import space_figure


def test_every_picture_lies_at_its_place_on_the_sheet() -> None:
    shades = torch.arange(90) * 2
    sheet = sheet_of(shades.to(torch.uint8)[:, None, None, None].expand(-1, 1, 16, 8))
    picture = np.asarray(Image.open(io.BytesIO(sheet.picture)).convert("L")).astype(int)
    assert (sheet.width, sheet.height) == (8, 16)
    for i, shade in enumerate(shades.tolist()):
        row, column = divmod(i, sheet.columns)
        cell = picture[row * 16 : (row + 1) * 16, column * 8 : (column + 1) * 8]
        assert abs(cell - shade).max() <= 6  # JPEG


def test_large_pictures_are_made_smaller_and_keep_their_shape() -> None:
    sheet = sheet_of(torch.full((3, 3, 128, 64), 200, dtype=torch.uint8))
    assert (sheet.height, sheet.width) == (MOST_SIDE, MOST_SIDE // 2)
    assert Image.open(io.BytesIO(sheet.picture)).size == (3 * sheet.width, sheet.height)


@pytest.mark.parametrize("n", [0, MOST + 1])
def test_a_sheet_has_a_limit(n: int) -> None:
    with pytest.raises(ValueError, match=str(MOST)):
        sheet_of(torch.zeros(n, 1, 2, 2, dtype=torch.uint8))


def test_what_is_not_chosen_goes_pale_in_space() -> None:
    points = np.random.default_rng(0).normal(size=(12, 3))
    labels = np.arange(12) % 3
    figure = space_figure(points, labels, ("a", "b", "c"), chosen=(0, 1))
    bright = [trace for trace in figure.data if trace.marker.opacity > 0.5]
    pale = [trace for trace in figure.data if trace.marker.opacity < 0.5]
    assert [len(trace.x) for trace in bright] == [1, 1, 0]
    assert [len(trace.x) for trace in pale] == [3, 3, 4]
    np.testing.assert_array_equal([bright[0].x[0], bright[0].y[0], bright[0].z[0]], points[0])
    ringed = space_figure(points, labels, ("a", "b", "c"), ringed=(7, 2)).data[-1]
    np.testing.assert_array_equal(np.stack([ringed.x, ringed.y, ringed.z], 1), points[[7, 2]])
    everything = space_figure(points, None, ())
    assert sum(len(trace.x) for trace in everything.data) == 12
