"""The small pictures on the cards of the lessons: ``pages/lessons/pictures/<lesson>.svg``, if there is one."""

from functools import cache

from pages.parts.component import base64_text
from pages.parts.learn.course import LESSONS
from pages.parts.palette import CONCEPTS

PICTURES = LESSONS / "pictures"
_DRAWN = (
    "svg{stroke-width:1.75;stroke-linecap:round;stroke-linejoin:round}"
    ".line{fill:none;stroke:currentColor}.fill{fill:currentColor}"
)


@cache
def style(dark: bool) -> str:
    """A style sheet that puts each picture above the words of its card, for one of the themes.

    A picture in a style sheet sees nothing of the page, so it brings the colours of the concepts along.
    """
    colours = "".join(f".{name}{{color:{colour.dark if dark else colour.light}}}" for name, colour in CONCEPTS.items())
    rules = []
    for path in sorted(PICTURES.glob("*.svg")):
        drawn = path.read_text(encoding="utf-8").replace(">", f"><style>{_DRAWN}{colours}</style>", 1)
        address = f"data:image/svg+xml;base64,{base64_text(drawn.encode())}"
        rules.append(f'.st-key-card-{path.stem}::before{{content:"";background-image:url({address})}}')
    return f"<style>{''.join(rules)}</style>"
