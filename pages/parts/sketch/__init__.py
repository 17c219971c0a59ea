"""The two models as small drawings: who hands what to whom, in the colours of the concepts."""

from pathlib import Path
from typing import Literal

from pages.parts.component import component
from pages.parts.text import _

_sketch = component(Path(__file__).parent)


def sketch(family: Literal["vae", "gan"], *, key: str) -> None:
    """Draw the data flow of a model family; what flows moves, unless the visitor asked for less motion."""
    alt = {
        "vae": _("A picture goes through the encoder to a code z; the decoder makes a copy of the picture from it."),
        "gan": _("The generator makes a picture from noise z; the discriminator sees it or a real one and judges."),
    }
    words = {
        "real": _("real"),
        "encoder": _("encoder"),
        "decoder": _("decoder"),
        "generator": _("generator"),
        "discriminator": _("discriminator"),
        "reconstruction": _("copy"),
        "generated": _("generated"),
    }
    _sketch(key=key, data={"family": family, "alt": alt[family], "words": words})
