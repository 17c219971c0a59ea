"""A figure as SVG in the colours of the page; a new one takes its place without a flicker."""

from pathlib import Path

from pages.parts.component import component

_figure = component(Path(__file__).parent)


def svg_figure(svg: str, *, key: str, most_width: int | None = None) -> None:
    """Show an SVG that the app itself has written (``st.html`` would strip it).

    Lines of class ``prior`` are pale, ``gm-<concept>`` gives the colour of a concept to text, ``fill-<concept>`` and
    ``line-<concept>`` to shapes.

    Args:
        svg: The whole element, its texts escaped, with a ``viewBox`` and an ``aria-label``.
        key: Identity of the element.
        most_width: Width in CSS pixels that is not exceeded; None: all there is.
    """
    _figure(key=key, data={"svg": svg, "most_width": most_width})
