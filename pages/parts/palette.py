"""The one place for colours that mean something: one per concept, one per class, each for both themes.

All stand out from both surfaces of their theme (contrast at least 3:1) and from each other, for the three kinds of
dichromatic sight too; the tests measure both.
"""

from dataclasses import dataclass
from typing import Literal

import streamlit as st

Concept = Literal[
    "real", "generated", "generator", "discriminator", "encoder", "mu", "sigma", "z", "reconstruction", "kl"
]


@dataclass(frozen=True)
class Colour:
    """A colour as ``#RRGGBB`` on the light and on the dark theme."""

    light: str
    dark: str

    def css(self) -> str:
        """For style sheets: the browser chooses."""
        return f"light-dark({self.light}, {self.dark})"

    def now(self) -> str:
        """For charts, which need one value: the one for the theme the visitor has now."""
        return self.dark if is_dark() else self.light


CONCEPTS: dict[Concept, Colour] = {
    "real": Colour("#2F78C4", "#3D9CFA"),
    "generated": Colour("#C2571A", "#FE8926"),
    "generator": Colour("#B43F98", "#FD5BB0"),  # the decoder of a VAE is one
    "discriminator": Colour("#37945F", "#1FE0A0"),
    "encoder": Colour("#3B2A8C", "#5468F8"),
    "mu": Colour("#0F5C73", "#8ADBFC"),
    "sigma": Colour("#5A5000", "#D6C05A"),
    "z": Colour("#747B7A", "#D8DEE6"),
    "reconstruction": Colour("#5E2114", "#D8603A"),
    "kl": Colour("#94404F", "#C46A78"),
}

CLASSES: tuple[Colour, ...] = (
    Colour("#20447E", "#9FC7FD"),
    Colour("#CD2F01", "#9E663B"),
    Colour("#3D6E3E", "#40C584"),
    Colour("#713E53", "#CB65A9"),
    Colour("#7A5CB8", "#657DF9"),
    Colour("#018FAF", "#A6F0F1"),
    Colour("#323C16", "#F5DB5C"),
    Colour("#A57070", "#F44B1A"),
    Colour("#7E8136", "#C4EDC5"),
    Colour("#646DF7", "#9A83DF"),
)
"""Ten classes, in label order; from the eleventh on they begin again."""


def is_dark() -> bool:
    """Whether the visitor sees the dark theme."""
    return st.context.theme.type == "dark"


def ground() -> int:
    """The grey of the gaps between the pictures of a sheet, 0 to 255: nearly that of the page."""
    return 28 if is_dark() else 241


def class_colour(label: int) -> Colour:
    """The colour of a class.

    >>> class_colour(11) == class_colour(1)
    True
    """
    return CLASSES[label % len(CLASSES)]


def word(concept: Concept, text: str) -> str:
    """``text`` in the colour of its concept, as HTML for ``st.html``."""
    return f'<span class="gm-{concept}">{text}</span>'


def css() -> str:
    """Custom properties ``--gm-<concept>`` and classes ``.gm-<concept>`` for the style sheet."""
    properties = "".join(f"--gm-{name}:{colour.css()};" for name, colour in CONCEPTS.items())
    classes = "".join(f".gm-{name}{{color:var(--gm-{name})}}" for name in CONCEPTS)
    # Declared on everything: light-dark() is resolved where it is declared, by the color-scheme in force there.
    return f"*{{{properties}}}{classes}"
