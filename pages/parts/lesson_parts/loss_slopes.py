"""How hard each registered GAN loss pushes the generator; a new loss appears by itself."""

import streamlit as st
import torch

from genmodels.objectives import GAN_LOSSES
from pages.parts.learn.figure import figure
from pages.parts.text import _

_figure = figure(__file__)
LOGITS = torch.linspace(-8, 8, 81, dtype=torch.float64)


def push(name: str) -> torch.Tensor:
    """``-dL_G/db`` at the logits ``b`` of :data:`LOGITS`, ``[81]``; a paired loss sees real samples at ``a = -b``."""
    b = LOGITS.clone().requires_grad_()
    a = -b.detach()
    (gradient,) = torch.autograd.grad(GAN_LOSSES[name].thing(a, b).generator.sum(), b)
    return -gradient


@st.cache_data(show_spinner=False)
def _slopes() -> dict[str, list[float]]:
    return {name: push(name).tolist() for name in GAN_LOSSES}


def show(key: str) -> None:
    titles = {name: entry.card.title for name, entry in GAN_LOSSES.items()}
    order = sorted(titles, key=lambda name: (name != "minimax", name != "nonsaturating"))
    _figure(
        key,
        alt=_("The strength of the generator's gradient against the discriminator's logit, one curve for each loss."),
        words=titles
        | {
            "loss": _("Loss"),
            "logit": _("D's logit b"),
            "probability": _("D(G(z)) = σ(b)"),
            "push": _("push on G, −∂L/∂b"),
        },
        values={"order": order, "logits": LOGITS.tolist(), "slopes": _slopes()},
    )
