"""A walk by itself: z wanders through the prior, and the desk follows, until somebody takes hold of it."""

from pathlib import Path

from pages.parts.component import component
from pages.parts.text import _

_walk = component(Path(__file__).parent, player=True)


def latent_walk() -> None:
    """Show the button that sets z going, and its speed. The page hears of z when the walk ends."""
    words = {
        "walk": _("Walk"),
        "speed": _("Speed"),
        "help": _("z wanders from sample to sample of the prior. Press again, or take hold of anything, to stop."),
    }
    _walk(key="latent_walk", data={"words": words}, width="content")
