"""Picture files -> one array. A file that cannot be read is left out and counted, never decoded at any cost."""

import io
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

from genmodels.data import images
from genmodels.data.base import Progress
from genmodels.data.files import limits
from genmodels.data.files.arrays import clean, distinct
from genmodels.data.files.sources import Member, Source, UnreadableError
from genmodels.data.images import Look
from genmodels.errors import UserError

T = TypeVar("T")

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "PPM")  # not TIFF: its decoder is the usual way in
_PROBE = 16
_GREY_SIZE, _OTHER_SIZE = 28, 32
_CLEAR = 24  # steps of 255 that an eye sees
_ORIENTATION = 0x0112  # the EXIF tag
_GREY_MODES = {"1", "L", "LA", "I;16", "I;16L", "I;16B", "I;16N", "I"}


@dataclass
class Skipped:
    """Files left out: why, how many, and the first one's name."""

    counts: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, reason: str) -> None:
        self.counts[reason] += 1
        self.first.setdefault(reason, name)

    def notes(self) -> list[str]:
        """A sentence for each reason."""
        return [
            f"{count:,} file{'s' * (count > 1)} left out, {'the first ' * (count > 1)}"
            f"{clean(self.first[reason])!r}: {reason}."
            for reason, count in self.counts.items()
        ]


def read(
    source: Source, title: str, look: Look, progress: Progress | None
) -> tuple[Tensor, Tensor | None, tuple[str, ...], list[str]]:
    """All pictures of a source.

    Returns:
        uint8 ``[N, C, size, size]``; labels int64 ``[N]`` from the folders or None; class names; notes.

    Raises:
        UserError: No picture is left, or a limit is passed.
    """
    everything = source.members()
    members = [member for member in everything if member.is_picture]
    if not members:
        raise UserError(f"{title[:60]!r} holds no pictures; put PNG or JPEG files into it.")
    notes: list[str] = []
    size = look.size
    if size is None:
        size = _choose_size(source, members)
        notes.append(f"Image size chosen: {size} x {size}.")
    images.check_room(len(members), 3, size)
    array, kept, skipped = _decode_all(source, members, replace(look, size=size), size, progress)
    if not kept:
        reason = next(iter(skipped.counts))
        raise UserError(
            f"{title[:60]!r} holds no picture that can be read: {clean(skipped.first[reason])!r} was left out because "
            f"{reason}; give whole PNG or JPEG files."
        )
    x = torch.from_numpy(array)
    channels = look.channels
    if channels is None:
        channels = 1 if _is_grey(array) else 3
    if channels == 1 and _is_grey(array):
        x = x[:, :1].contiguous()
    labels, classes, more = _folder_labels([members[index].name for index in kept])
    for member in everything:
        if not (member.is_picture or member.is_hidden):
            skipped.add(member.name, "its name is not that of a PNG, JPEG, GIF, BMP, WEBP or PNM picture")
    return images.fit(x, Look(channels=channels)), labels, classes, [*notes, *more, *skipped.notes()]


def _decode_all(
    source: Source, members: Sequence[Member], look: Look, size: int, progress: Progress | None
) -> tuple[NDArray[np.uint8], list[int], Skipped]:
    """Colour planes ``[N, 3, size, size]``, the indices of the members read, and what was left out."""
    out = np.empty((len(members), 3, size, size), np.uint8)
    kept: list[int] = []
    skipped = Skipped()
    every = max(1, len(members) // 100)
    for index, member in enumerate(members):
        if progress and index % every == 0:
            progress(index / len(members), "Reading pictures")
        try:
            picture = opened(source.read(member), lambda image: _square(image, size, look))
            if look.drop_blank and is_blank(picture):
                raise UnreadableError("it is almost blank")
        except UnreadableError as error:
            skipped.add(member.name, str(error))
            continue
        out[len(kept)] = picture.transpose(2, 0, 1)
        kept.append(index)
    return out[: len(kept)], kept, skipped


def opened(data: bytes | bytearray, use: Callable[[Image.Image], T]) -> T:
    """What ``use`` makes of the opened, not yet decoded picture. Raises UnreadableError."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > limits.MAX_PICTURE_PIXELS:
                raise UnreadableError(f"it has more than {limits.MAX_PICTURE_PIXELS / 1e6:g} million pixels")
            return use(image)
    except (UnreadableError, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnreadableError(f"it has more than {limits.MAX_PICTURE_PIXELS / 1e6:g} million pixels") from error
    except UnidentifiedImageError as error:
        raise UnreadableError("it is not a picture") from error
    except Exception as error:  # decoders raise nearly anything on damaged bytes
        raise UnreadableError("it is damaged") from error


def is_blank(picture: NDArray[np.uint8]) -> bool:
    """Whether fewer than 1 % of the pixels of ``[H, W, 3]`` differ clearly from the commonest border colour."""
    height, width = picture.shape[:2]
    border = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    colours, counts = np.unique(border, axis=0, return_counts=True)
    ground = colours[counts.argmax()].astype(np.int16)
    differs = (np.abs(picture.astype(np.int16) - ground) > _CLEAR).any(2)
    return bool(differs.sum() < 0.01 * height * width)


def _square(image: Image.Image, size: int, look: Look) -> NDArray[np.uint8]:
    """The picture's central square or all of it, upright, as bytes ``[size, size, 3]``, opaque."""
    image.draft(None, (size, size))  # lets JPEG decode at a fraction of its size
    orientation = image.getexif().get(_ORIENTATION, 1)
    ground = (look.ground,) * 3
    central = _whole(image, ground) if look.whole else _central(image)
    small = _eight_bit(central).resize((size, size), Image.Resampling.BICUBIC, reducing_gap=3.0)
    small.getexif()[_ORIENTATION] = orientation
    upright = ImageOps.exif_transpose(small)
    if upright.mode == "RGBA":
        upright = Image.alpha_composite(Image.new("RGBA", upright.size, (*ground, 255)), upright)
    return np.asarray(upright.convert("RGB"))


def _central(image: Image.Image) -> Image.Image:
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image if image.width == image.height else image.crop((left, top, left + side, top + side))


def _whole(image: Image.Image, ground: tuple[int, int, int]) -> Image.Image:
    """The picture in the middle of a square."""
    side = max(image.size)
    if side > images.MAX_STRIP:  # a strip would make a far larger square
        image.thumbnail((images.MAX_STRIP, images.MAX_STRIP))
        side = max(image.size)
    if image.width == image.height:
        return image
    image = _eight_bit(image)
    square = Image.new(image.mode, (side, side), ground[0] if image.mode == "L" else (*ground, 0)[: len(image.mode)])
    square.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    return square


def _eight_bit(image: Image.Image) -> Image.Image:
    """The picture as L, RGB, or RGBA where a part of it is transparent."""
    if image.mode.startswith("I"):  # 16 bits, which Pillow would clip instead of scale
        return Image.fromarray((np.asarray(image).clip(0, 65535) >> 8).astype(np.uint8))
    if image.mode == "F":
        raise UnreadableError("it holds floating-point values")
    if image.has_transparency_data:
        return image if image.mode == "RGBA" else image.convert("RGBA")
    return image.convert("L" if image.mode in _GREY_MODES else "RGB")


def _choose_size(source: Source, members: Sequence[Member]) -> int:
    """28 if the first pictures are grey and about that large, as those of the MNIST family; else 32."""
    small = []
    for member in members[:_PROBE]:
        try:
            small.append(opened(source.read(member), _like_mnist))
        except UnreadableError:
            continue
    return _GREY_SIZE if small and all(small) else _OTHER_SIZE


def _like_mnist(image: Image.Image) -> bool:
    if not 24 <= min(image.size) <= max(image.size) <= 30:
        return False
    return image.mode in _GREY_MODES or _is_grey(np.asarray(image.convert("RGB")).transpose(2, 0, 1)[None])


def _is_grey(planes: NDArray[np.uint8]) -> bool:
    """Whether the three colour planes ``[N, 3, H, W]`` are equal everywhere."""
    return all(np.array_equal(planes[:, 0], planes[:, other]) for other in (1, 2))


def _folder_labels(names: Sequence[str]) -> tuple[Tensor | None, tuple[str, ...], list[str]]:
    """Classes from the topmost folders that differ: ``set/cats/a/1.png`` and ``set/dogs/2.png`` -> cats, dogs."""
    folders = [name.split("/")[:-1] for name in names]
    depth = 0
    while min(map(len, folders)) > depth and len({folder[depth] for folder in folders}) == 1:
        depth += 1
    tops = [folder[depth] if len(folder) > depth else None for folder in folders]
    classes = sorted({top for top in tops if top is not None}, key=_natural)
    if not classes:
        return None, (), []
    if None in tops:
        return None, (), ["No classes were made: pictures lie in folders and beside them."]
    if len(classes) > limits.MAX_CLASSES:
        return None, (), [f"No classes were made: there are more than {limits.MAX_CLASSES:,} folders."]
    index = {name: number for number, name in enumerate(classes)}
    labels = torch.tensor([index[top] for top in tops if top is not None])
    return labels, distinct(classes), []


def _natural(name: str) -> list[tuple[int, str]]:
    """Sorts 2 before 10."""
    return [(int(part[:18]), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name)]


def read_one(name: str, data: bytes, look: Look) -> Tensor:
    """One picture file, uint8 ``[C, size, size]``; ``look`` says size and channels.

    Raises:
        UserError: It is too large, or no picture that can be read.
    """
    assert look.size is not None
    images.check(look.size, look.channels)
    try:
        if len(data) > limits.MAX_PICTURE_BYTES:
            raise UnreadableError(f"it is larger than {limits.MAX_PICTURE_BYTES >> 20} MB")
        size = look.size
        array = opened(data, lambda image: _square(image, size, look))
    except UnreadableError as error:
        raise UserError(f"{clean(name)!r} cannot be used: {error}; give a whole PNG or JPEG file.") from None
    planes = torch.from_numpy(array.transpose(2, 0, 1).copy())[None]
    return images.fit(planes, Look(channels=look.channels))[0]
