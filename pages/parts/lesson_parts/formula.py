"""A formula with the numbers of a real run behind its symbols: ``{{formula elbo}}``, see ``learn/formulas.py``."""

import streamlit as st

from genmodels.errors import UserError
from genmodels.objectives.gan import GAN_LOSSES
from genmodels.training.folder import RunFolder
from pages.parts import levels
from pages.parts.learn.formulas import Family, Formula, Numbers, Symbol, fits, formulas, mean, numbers
from pages.parts.learn.lesson_run import lesson_run
from pages.parts.lesson_parts import code
from pages.parts.live_formula import Shown, live_formula
from pages.parts.text import _


def show(key: str, name: str) -> None:
    formula = formulas()[name]
    with st.container(border=True, key=f"formula-{key}"):
        if folder := lesson_run(key, formula.family, _("Numbers of"), lambda model: fits(model, formula.family)):
            st.fragment(_formula, run_every=2 if folder.active() else None)(folder, formula, key)


def _formula(folder: RunFolder, formula: Formula, key: str) -> None:
    try:
        values = _values(str(folder.path), (folder.path / "model.safetensors").stat().st_mtime_ns, formula.family)
    except (UserError, OSError):
        st.caption(_("This run has nothing to show yet; give it a few seconds."))
        return
    loss, tensors = values
    shown = {name: _shown(symbol, loss, tensors) for name, symbol in formula.symbols.items()}
    live_formula(formula.latex, shown, key=f"live-{key}")
    st.caption(_("Point at a symbol or tap it. Means over {n} held-out samples, for vectors the first sample.").format(
        n=len(tensors["x"])
    ))  # fmt: skip
    if "lg" in formula.symbols:  # the game itself stands for any loss; this run plays one
        card = GAN_LOSSES[loss].card
        st.caption(_("In this run: {loss}, with a = D(x) and b = D(G(z)).").format(loss=card.title))
        st.latex(card.equation)


def _shown(symbol: Symbol, loss: str, tensors: Numbers) -> Shown:
    tensor = tensors[symbol.tensor]
    shape = " × ".join(map(str, tensor.shape)) or _("one number")
    value = (symbol.value or mean)(tensor)
    if not levels.at_least("student"):
        return Shown(symbol.concept, symbol.what, shape, value)
    thing = code.find(symbol.code if isinstance(symbol.code, str) else symbol.code(loss))
    source = code.source(thing)
    span = code.spot(source, symbol.at)
    return Shown(symbol.concept, symbol.what, shape, value, code.where(thing, source[: span[0]]), source, span)


@st.cache_data(show_spinner=False, max_entries=32)
def _values(path: str, version: int, family: Family) -> "tuple[str, Numbers]":
    from pathlib import Path

    model, tensors = numbers(RunFolder(Path(path)), family)
    return getattr(model.config, "loss", ""), tensors
