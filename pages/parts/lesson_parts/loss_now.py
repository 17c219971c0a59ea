"""A loss with the numbers of a real run beside its symbols: ``{{loss_now vae}}`` or ``{{loss_now gan}}``."""

from typing import Literal

import streamlit as st

from genmodels.config import RunConfig
from genmodels.errors import UserError
from genmodels.training.folder import RunFolder
from pages.parts import palette, studio
from pages.parts.learn.markup import coloured
from pages.parts.run_view.story import Story
from pages.parts.text import _

Family = Literal["vae", "gan"]
TERMS = {
    "vae": {
        "vae/reconstruction": r"@reconstruction{\underset{%s}{-\ln p(x\,|\,z)}}",
        "vae/kl": r"@kl{\underset{%s}{\mathrm{KL}(q(z|x)\,\|\,p(z))}}",
    },
    "gan": {
        "discriminator/loss": r"@discriminator{\underset{%s}{L_D}}",
        "generator/loss": r"@generator{\underset{%s}{L_G}}",
        "discriminator/real": r"@real{\underset{%s}{D(x)}}",
        "discriminator/fake": r"@generated{\underset{%s}{D(G(z))}}",
    },
}


def show(key: str, family: Family) -> None:
    runs = [(folder, config) for folder in studio.explorable() if (config := _config(folder)) and fits(config, family)]
    with st.container(border=True, key=f"now-{key}"):
        if not runs:
            st.markdown(_("No run of yours to read from yet. Train one, come back, and its numbers stand here."))
            if st.button(_("Train"), key=f"train-{key}", icon=":material/play_arrow:"):
                st.switch_page("pages/train.py", query_params={"model": family})
            return
        chosen = st.selectbox(_("Run"), range(len(runs)), format_func=lambda i: _title(*runs[i]), key=f"run-{key}")
        folder, config = runs[chosen]
        st.fragment(_formula, run_every=2 if folder.active() else None)(folder, config, family)


def fits(config: RunConfig, family: Family) -> bool:
    """Whether the formula is the one that this model minimises, and not only a relative of it."""
    from genmodels.models import MODELS
    from genmodels.models.gan import GAN
    from genmodels.models.vae import VAE

    kind = MODELS[config.model].thing
    if family == "gan":
        return issubclass(kind, GAN)
    own = ("players", "loss", "regulariser")
    return issubclass(kind, VAE) and all(getattr(kind, name) is getattr(VAE, name) for name in own)


def _formula(folder: RunFolder, config: RunConfig, family: Family) -> None:
    step, values = _latest(folder)
    if not TERMS[family].keys() & values.keys():
        st.caption(_("This run has told nothing yet."))
        return
    beta = getattr(config, "beta", 1.0) * min(1.0, (step + 1) / max(1, getattr(config, "kl_warmup", 0)))
    st.markdown(coloured(f"$$\n{formula(family, values, beta)}\n$$", palette.is_dark()), unsafe_allow_html=True)
    unit = {"vae": _("nats per sample, mean over the last batches"), "gan": _("means over the last batches")}[family]
    st.caption(_("Step {step}: {unit}.").format(step=f"{step:,}", unit=unit))


def formula(family: Family, values: dict[str, float], beta: float) -> str:
    """LaTeX with every known term's value under its symbol; concepts still marked.

    >>> formula("vae", {"vae/reconstruction": 80.0, "vae/kl": 20.0}, 1.0).startswith(r"100.0 \\approx")
    True
    """
    terms = {name: text % f"{values[name]:.3g}" for name, text in TERMS[family].items() if name in values}
    if family == "gan":
        return r" \qquad ".join(terms.values())
    total = values["vae/reconstruction"] + beta * values["vae/kl"]
    factor = "" if beta == 1 else rf"{beta:g} \cdot "
    return rf"{total:.1f} \approx {terms['vae/reconstruction']} + {factor}{terms['vae/kl']}"


def _latest(folder: RunFolder) -> tuple[int, dict[str, float]]:
    """The last step that was told, and the value of each part of each loss."""
    story = Story(folder)
    story.read_on()
    step = max((int(series.steps[-1]) for series in story.losses.values()), default=0)
    return step, {name: series.values[-1] for name, series in story.losses.items()}


def _config(folder: RunFolder) -> RunConfig | None:
    try:
        return folder.config()
    except UserError:
        return None


def _title(folder: RunFolder, config: RunConfig) -> str:
    try:
        return folder.about()["title"] or f"{config.model} · {config.data}"
    except UserError:
        return config.model
