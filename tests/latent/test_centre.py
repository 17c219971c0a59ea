"""Pictures moved to their middle."""

import torch

from genmodels.data import DATASETS, load
from genmodels.data.factors import sample
from genmodels.latent.centre import centred, is_centred, middles


def test_a_dot_comes_to_the_middle() -> None:
    x = torch.zeros(3, 1, 9, 9, dtype=torch.uint8)
    x[0, 0, 1, 7] = 200
    x[1, 0, 4, 4] = 9
    assert middles(x, 0).tolist() == [[-3, 3], [0, 0], [0, 0]]
    moved = centred(x, 0)
    assert moved[0, 0, 4, 4] == 200
    assert moved[0].sum() == 200
    assert torch.equal(moved[1:], x[1:])


def test_dark_on_light_and_what_moves_out() -> None:
    x = torch.full((1, 3, 8, 8), 255, dtype=torch.uint8)
    x[0, :, 0, :] = 0
    moved = centred(x, 255)
    assert moved.float().mean() == x.float().mean()
    assert moved[0, 0, 0, 0] == 255
    assert middles(moved, 255).abs().max() <= 0.5


def test_digits_are_centred_and_faces_are_not() -> None:
    assert is_centred(load("digits").test[:200], 0)
    faces = DATASETS["faces"].extra
    drawn = faces["draw"](sample(faces["factors"], 200, seed=0), 32)
    assert not is_centred(drawn, 230)  # in the middle, but on grounds of many colours
    digits = load("digits").test[:200]
    assert not is_centred(torch.roll(digits, 3, 3), 0)
