"""Image tensors brought to one size and number of channels."""

from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from genmodels.data.base import Dataset, DataSpec
from genmodels.errors import UserError

MIN_SIZE, MAX_SIZE = 8, 128
"""Height and width of images, in pixels."""
MAX_STRIP = 4096
"""The longer side of a picture that is kept whole: as a square it takes as many pixels times as many."""
MAX_IMAGE_BYTES = 1 << 30
"""What the images of one data set may take in memory."""

_LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601, as Pillow's conversion to grey


@dataclass(frozen=True)
class Look:
    """How pictures are brought to one form.

    Attributes:
        size: Height and width in pixels, 8 to 128; None chooses.
        channels: 1 (grey) or 3 (colour); None chooses.
        whole: Keep the whole picture, with bars beside it, instead of its central square.
        ground: Grey value, 0 to 255, of the bars and behind transparent parts.
        drop_blank: Leave out pictures on which there is nothing, or all but nothing.
    """

    size: int | None = None
    channels: int | None = None
    whole: bool = False
    ground: int = 255
    drop_blank: bool = False


def check(size: int | None, channels: int | None) -> None:
    """Raises UserError unless ``size`` and ``channels`` are None or possible."""
    if size is not None and not MIN_SIZE <= size <= MAX_SIZE:
        raise UserError(f"Images of {size} pixels cannot be made; choose a size from {MIN_SIZE} to {MAX_SIZE}.")
    if channels not in (None, 1, 3):
        raise UserError(f"Images with {channels} channels cannot be made; choose 1 (grey) or 3 (colour).")


def check_room(count: int, channels: int, size: int) -> None:
    """Raises UserError if ``count`` images of that shape would not fit into the memory limit."""
    if count * channels * size * size > MAX_IMAGE_BYTES:
        raise UserError(
            f"{count:,} images of {size} x {size} pixels would take more than {MAX_IMAGE_BYTES >> 20} MB of memory; "
            "choose a smaller size or fewer images."
        )


def per_batch(values: int) -> int:
    """How many images of so many values are worked on at once, so that floating-point copies stay small."""
    return max(1, (1 << 22) // values)


def fit(x: Tensor, look: Look) -> Tensor:
    """The central square of each image, or all of it, resized (bicubic, antialiased) and made grey or colour.

    Args:
        x: uint8 ``[N, C, H, W]`` with C 1 or 3.
        look: Without a size the images stay uncropped, as they are; without channels they keep theirs.

    Returns:
        uint8 ``[N, channels, size, size]``; the same tensor where nothing is to be done.
    """
    size, channels = look.size, look.channels
    n, c, h, w = x.shape
    if (size is None or h == w == size) and channels in (None, c):
        return x
    if look.whole and max(h, w) > MAX_STRIP:
        raise UserError(f"Images of {w:,} x {h:,} pixels are too long to be kept whole; crop them instead.")
    check_room(n, channels or c, size or max(h, w))
    return torch.cat([_recolour(_resize(part, look), channels) for part in x.split(per_batch(c * h * w))])


def _resize(x: Tensor, look: Look) -> Tensor:
    h, w = x.shape[-2:]
    if look.size is None or h == w == look.size:
        return x
    side = max(h, w) if look.whole else min(h, w)
    top, left = (h - side) // 2, (w - side) // 2  # negative: bars
    square = F.pad(x.float(), (-left, side - w + left, -top, side - h + top), value=look.ground)
    small = F.interpolate(square, size=(look.size, look.size), mode="bicubic", antialias=True)
    return small.round_().clamp_(0, 255).byte()


def _recolour(x: Tensor, channels: int | None) -> Tensor:
    if channels in (None, x.shape[1]):
        return x
    if channels == 3:
        return x.repeat(1, 3, 1, 1)
    luma = torch.tensor(_LUMA).view(1, 3, 1, 1)
    return (x * luma).sum(1, keepdim=True).round_().byte()


def fit_dataset(dataset: Dataset, size: int | None, channels: int | None) -> Dataset:
    """``dataset`` with its images fitted; the same object where nothing is to be done.

    Raises:
        UserError: It holds points, which have neither size nor channels.
    """
    if size is None and channels is None:
        return dataset
    if dataset.spec.modality != "image":
        raise UserError(f"{dataset.title} holds points, which have no image size or channels; leave both out.")
    look = Look(size, channels)
    train, test = fit(dataset.train, look), fit(dataset.test, look)
    spec = DataSpec("image", tuple(train.shape[1:]), dataset.spec.classes)
    return replace(dataset, spec=spec, train=train, test=test)
