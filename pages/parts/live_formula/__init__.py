"""A formula whose symbols answer to the hand: what each is, its shape, its value in a run, and the code behind it."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from latex2mathml.converter import convert

from pages.parts.component import component
from pages.parts.learn.markup import closing
from pages.parts.palette import Concept

_mount = component(Path(__file__).parent, edges=True)
_MARK = re.compile(r"@([a-z]+)\{")
_COLOUR = re.compile(r'<mstyle mathcolor="symbol-([a-z]+)">')


@dataclass(frozen=True)
class Shown:
    """What is shown of one symbol.

    Attributes:
        concept: Its colour.
        what: What it is, in a few words.
        shape: Of the tensor behind it.
        value: In the run, as text.
        where: File and line of the code.
        code: The code that computes it; empty where there is none.
        span: First character in ``code`` of what says it, and the one behind its last.
    """

    concept: Concept
    what: str
    shape: str
    value: str
    where: str = ""
    code: str = ""
    span: tuple[int, int] = (0, 0)


def live_formula(latex: str, symbols: Mapping[str, Shown], *, key: str) -> None:
    """Draw ``latex``, in which ``@name{...}`` marks a symbol of that name. Only for formulas that come with the app."""
    names = _MARK.findall(latex)
    _mount(
        key=key,
        data={"mathml": marked(latex), "symbols": {name: asdict(symbols[name]) for name in names}, "first": names[0]},
    )


def marked(latex: str) -> str:
    r"""MathML in which each marked symbol carries its name.

    >>> 'data-symbol="mu"' in marked(r"z = @mu{\mu} + \varepsilon")
    True
    """
    mathml: str = convert(_coloured(latex), display="block")
    return _COLOUR.sub(r'<mstyle data-symbol="\1">', mathml)


def _coloured(latex: str) -> str:
    """Marks as colours, which is what the converter knows; a mark may stand inside another."""
    out, at = [], 0
    while match := _MARK.search(latex, at):
        end = closing(latex, match.end())
        inner = _coloured(latex[match.end() : end])
        out += [latex[at : match.start()], rf"{{\textcolor{{symbol-{match[1]}}}{{{inner}}}}}"]
        at = end + 1
    return "".join([*out, latex[at:]])
