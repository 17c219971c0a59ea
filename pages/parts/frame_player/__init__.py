"""A strip of frames that plays as an endless, flowing loop: walks through latent space."""

from pathlib import Path

from pages.parts.component import component, picture_url
from pages.parts.text import _

_player = component(Path(__file__).parent, player=True)


def frame_player(
    sheet: bytes,
    *,
    frames: int,
    columns: int,
    key: str,
    alt: str,
    frames_per_second: float = 2.0,
    most_width: int | None = None,
    film: str | None = None,
) -> None:
    """Play the frames of a sheet as a loop; neighbours are blended, the last one flows into the first.

    A tap or the space bar pauses, a slider moves through the frames. Runs in the browser alone.

    Args:
        sheet: PNG or JPEG bytes: frames of equal size, row by row, ``ceil(frames / columns)`` rows.
        frames: Number of frames, at least 1.
        columns: Frames in a row of the sheet.
        key: Identity of the element.
        alt: What is seen, for those who do not see it.
        frames_per_second: Frames passed in a second.
        most_width: Width in CSS pixels that is not exceeded; None: all there is.
        film: Name of the video, without ending, that a button offers (WebM, or MP4 where the browser cannot); the
            browser records it itself, in the time that one turn takes. None: no button.

    Raises:
        ValueError: The sheet is no picture, or there is no frame or column.
    """
    if frames < 1 or columns < 1:
        raise ValueError("a player needs at least one frame and one column")
    data = {
        "sheet": picture_url(sheet),
        "frames": frames,
        "columns": columns,
        "frames_per_second": frames_per_second,
        "alt": alt,
        "most_width": most_width,
        "film": film,
        "words": {"video": _("Video"), "play": _("Play"), "position": _("Position in the walk")},
    }
    _player(key=key, data=data)
