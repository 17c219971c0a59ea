"""The networks that a preset really builds, with shapes and numbers of weights: ``{{networks vae}}``."""

from math import prod

import streamlit as st

from genmodels.errors import UserError
from pages.parts.palette import Concept, word
from pages.parts.text import _

CONCEPTS: dict[str, Concept] = {"encoder": "encoder", "decoder": "generator", "discriminator": "discriminator"}


def show(key: str, model: str) -> None:
    preset = st.segmented_control(
        _("Preset"),
        ("fast", "good", "best"),
        default="fast",
        required=True,
        key=f"preset-{key}",
        label_visibility="collapsed",
    )
    try:
        st.html(_drawing(model, preset))
    except UserError as error:
        st.info(str(error))


@st.cache_data(show_spinner=False)
def _drawing(model: str, preset: str) -> str:
    from genmodels.data import spec_of
    from genmodels.models import preset as configured
    from pages.parts.architecture import stacks

    spec = spec_of("digits")
    rows = []
    for stack in stacks(configured(model, "digits", spec, preset), spec):
        steps = " → ".join(f"<b>{' × '.join(map(str, shape))}</b>" for shape in stack.shapes)
        values = [prod(shape) for shape in stack.shapes]
        bars = "".join(f'<i style="height:{8 + 40 * (v / max(values)) ** 0.4:.0f}px"></i>' for v in values)
        name = word(CONCEPTS.get(stack.name, "z"), stack.name)
        weights = _("{count} weights").format(count=f"{stack.weights:,}")
        rows.append(
            f'<li><div class="gm-{CONCEPTS.get(stack.name, "z")}">{bars}</div>'
            f"<p>{name}: {steps}<br><small>{weights}</small></p></li>"
        )
    return f'<ul class="gm-networks">{"".join(rows)}</ul>'
