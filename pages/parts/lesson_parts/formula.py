"""A formula with the numbers of a real run behind its symbols: ``{{formula elbo}}``, see ``learn/formulas.py``."""

import inspect

import streamlit as st

from genmodels.config import RunConfig
from genmodels.errors import UserError
from genmodels.training.folder import RunFolder
from pages.parts import levels, studio
from pages.parts.learn.formulas import Family, Formula, Numbers, Symbol, fits, formulas, mean, numbers
from pages.parts.lesson_parts import code
from pages.parts.live_formula import Shown, live_formula
from pages.parts.text import _

RUN = "lesson-run"


def show(key: str, name: str) -> None:
    formula = formulas()[name]
    with st.container(border=True, key=f"formula-{key}"):
        if folder := _run(key, formula.family):
            st.fragment(_formula, run_every=2 if folder.active() else None)(folder, formula, key)


def _run(key: str, family: Family) -> RunFolder | None:
    """The run to read from, chosen once for all lessons: the visitor's newest, else one that comes with the app."""
    runs = {
        f.id: _title(f, config) for f in studio.explorable() if (config := _config(f)) and fits(config.model, family)
    }
    if not runs:
        return None
    kept = f"{RUN}-{family}"
    st.session_state[f"run-{key}"] = kept_id if (kept_id := st.session_state.get(kept)) in runs else next(iter(runs))
    chosen = st.selectbox(
        _("Numbers of"), list(runs), format_func=lambda run_id: runs.get(run_id, run_id), key=f"run-{key}",
        on_change=lambda: st.session_state.update({kept: st.session_state[f"run-{key}"]}),
    )  # fmt: skip
    return studio.store().find(chosen)


def _formula(folder: RunFolder, formula: Formula, key: str) -> None:
    try:
        values = _values(str(folder.path), (folder.path / "model.safetensors").stat().st_mtime_ns, formula.family)
    except (UserError, OSError):
        st.caption(_("This run has told nothing yet."))
        return
    loss, tensors = values
    shown = {name: _shown(symbol, loss, tensors) for name, symbol in formula.symbols.items()}
    live_formula(formula.latex, shown, key=f"live-{key}")
    st.caption(_("Point at a symbol or tap it. Means over {n} test samples, for vectors the first sample.").format(
        n=len(tensors["x"])
    ))  # fmt: skip


def _shown(symbol: Symbol, loss: str, tensors: Numbers) -> Shown:
    tensor = tensors[symbol.tensor]
    shape = " × ".join(map(str, tensor.shape)) or _("one number")
    value = (symbol.value or mean)(tensor)
    reference = symbol.code if isinstance(symbol.code, str) else symbol.code(loss)
    if not reference or not levels.at_least("student"):
        return Shown(symbol.concept, symbol.what, shape, value)
    thing = code.find(reference)
    where = f"{inspect.getmodule(thing).__name__.replace('.', '/')}.py, line {inspect.getsourcelines(thing)[1]}"
    return Shown(symbol.concept, symbol.what, shape, value, where, code.source(thing))


@st.cache_data(show_spinner=False, max_entries=32)
def _values(path: str, version: int, family: Family) -> "tuple[str, Numbers]":
    from pathlib import Path

    model, tensors = numbers(RunFolder(Path(path)), family)
    return getattr(model.config, "loss", ""), tensors


def _config(folder: RunFolder) -> RunConfig | None:
    try:
        return folder.config()
    except UserError:
        return None


def _title(folder: RunFolder, config: RunConfig) -> str:
    try:
        return str(folder.about()["title"]) or f"{config.model} · {config.data}"
    except UserError:
        return config.model
