"""Pictures that move."""

import io

import numpy as np
from PIL import Image


def gif(frames: np.ndarray, frames_per_second: float = 12.0, scale: int = 8) -> bytes:
    """An endless GIF.

    Args:
        frames: uint8 ``[N, H, W, 3]``, N at least 1.
        frames_per_second: At most 50, the most that viewers play.
        scale: Each pixel becomes so many pixels wide.
    """
    pictures = [Image.fromarray(frame) for frame in frames]
    size = (frames.shape[2] * scale, frames.shape[1] * scale)
    large = [picture.resize(size, Image.Resampling.NEAREST) for picture in pictures]
    buffer = io.BytesIO()
    duration = round(1000 / min(frames_per_second, 50))
    large[0].save(buffer, "GIF", save_all=True, append_images=large[1:], duration=duration, loop=0)
    return buffer.getvalue()


def there_and_back(n: int) -> list[int]:
    """Indices 0 to n - 1 and back, without the turning points twice, so that a loop flows.

    >>> there_and_back(4)
    [0, 1, 2, 3, 2, 1]
    """
    return [*range(n), *range(n - 2, 0, -1)]
