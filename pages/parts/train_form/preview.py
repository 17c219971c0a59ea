"""The right side of the Train page before a run: what will be built, and the real samples it will learn from."""

import html
from math import prod

import streamlit as st

from genmodels.config import RunConfig
from genmodels.data import DataSpec, at_hand, entry_of, to_fetch
from genmodels.models import MODELS
from pages.parts.architecture import Stack, in_words, stacks
from pages.parts.component import base64_text
from pages.parts.image_grid import image_grid, tile
from pages.parts.palette import CLASSES, CONCEPTS, Concept, ground
from pages.parts.real_samples import real_samples
from pages.parts.scatter import scatter
from pages.parts.text import _
from pages.parts.train_form import choice as chosen
from pages.parts.train_form.closer import look_closer

_LOOKS: dict[str, Concept] = {"encoder": "encoder", "decoder": "generator", "discriminator": "discriminator"}

_WIDE, _TALLEST = 420, 120
"""Of a drawn network, and of its largest layer."""


def preview(config: RunConfig | None) -> None:
    choice = chosen.current()
    with st.container(border=True, key="view-networks"):
        st.subheader(_("What will be built"), anchor=False)
        if config is None:
            st.markdown(_("Once the settings fit together, the networks appear here."))
        else:
            built = stacks(config, choice.spec)
            st.html(f"<p class='gm-prose'>{_sentence(config, choice.spec, built)}</p>{_diagram(config, built)}")
    with st.container(border=True, key="view-real"):
        st.subheader(_("What it learns from"), anchor=False)
        _real(choice.data, choice.spec)
        if at_hand(choice.data):
            look_closer(choice)


# ---------------------------------------------------------------------- networks


def _sentence(config: RunConfig, spec: DataSpec, built: tuple[Stack, ...]) -> str:
    model = MODELS[config.model].thing
    thing = _("point") if spec.modality == "points" else _("{size} picture").format(size=in_words(spec.shape))
    words = {
        "encoder": _("The {net} squeezes each {thing} into {n} numbers, z."),
        "decoder": _("The {net} draws a {thing} from them."),
        "generator": _("The {net} turns {n} random numbers, z, into a {thing}."),
        "discriminator": _("The {net} looks at a {thing} and says how real it seems."),
    }
    sentences = []
    for stack in built:
        role = "generator" if stack.name == "decoder" and not model.encodes else stack.name
        if role in words:
            net = f"<b class='gm-{_LOOKS[stack.name]}'>{html.escape(_name(stack, model.encodes))}</b>"
            latent = f"<b class='gm-z'>{config.latent_dim}</b>"
            sentences.append(words[role].format(net=net, thing=thing, n=latent))
    total = sum(stack.weights for stack in built)
    sentences.append(_("Together they have {n} weights to learn.").format(n=f"{total:,}"))
    return " ".join(sentences)


def _name(stack: Stack, encodes: bool) -> str:
    names = {"encoder": _("encoder"), "discriminator": _("discriminator")}
    if stack.name == "decoder":
        return _("decoder") if encodes else _("generator")
    return names.get(stack.name, stack.name.replace("_", " "))


def _diagram(config: RunConfig, built: tuple[Stack, ...]) -> str:
    """Every layer as a bar, taller the more values it holds: the waist of a VAE is seen at once."""
    encodes = MODELS[config.model].thing.encodes
    most = max((prod(shape) for stack in built for shape in stack.shapes), default=1)
    nets = "".join(
        f"<figure class='gm-net gm-{_LOOKS.get(stack.name, 'z')}'>{_drawing(stack, config.latent_dim, most)}"
        f"<figcaption>{html.escape(_name(stack, encodes))} <small>{_count(stack.weights)}</small></figcaption></figure>"
        for stack in built
    )
    return f"<div class='gm-nets'>{nets}</div>"


def _drawing(stack: Stack, latent_dim: int, most: int) -> str:
    """One network as a picture: a bar for each layer, and behind them the outline they make together."""
    if not stack.shapes:
        return ""
    middle, step = _TALLEST / 2 + 4, (_WIDE - 60) / max(1, len(stack.shapes) - 1)
    xs = [30 + step * i for i in range(len(stack.shapes))]
    halves = [max(3.0, _TALLEST / 2 * (prod(shape) / most) ** 0.35) for shape in stack.shapes]
    above = [f"{x:.0f},{middle - half:.1f}" for x, half in zip(xs, halves, strict=True)]
    below = [f"{x:.0f},{middle + half:.1f}" for x, half in zip(xs, halves, strict=True)]
    own = CONCEPTS[_LOOKS.get(stack.name, "z")].now()
    parts = [f"<polygon points='{' '.join(above + below[::-1])}' fill='{own}' opacity='0.15'/>"]
    for i, (x, half) in enumerate(zip(xs, halves, strict=True)):
        label, concept = _label(stack, i, latent_dim)
        fill = CONCEPTS[concept].now() if concept else own
        bar = f"<rect x='{x - 5:.0f}' y='{middle - half:.1f}' width='10' height='{2 * half:.1f}' rx='4'/>"
        parts.append(f"<g fill='{fill}'>{bar}<text x='{x:.0f}' y='{_TALLEST + 26}'>{label}</text></g>")
    style = "font-family='sans-serif' font-size='12' text-anchor='middle'"
    box = f"xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {_WIDE} {_TALLEST + 32}'"
    svg = f"<svg {box} {style}>{''.join(parts)}</svg>"
    return f"<img alt='' src='{_address(svg)}'>"


def _address(svg: str) -> str:
    return f"data:image/svg+xml;base64,{base64_text(svg.encode())}"


def _label(stack: Stack, index: int, latent_dim: int) -> tuple[str, Concept | None]:
    """What stands under a bar, and the concept that gives it its colour where that is not the network's."""
    shape = stack.shapes[index]
    if stack.name == "decoder" and index == 0:
        return f"z: {in_words(shape)}", "z"
    if stack.name == "encoder" and index == len(stack.shapes) - 1 and shape == (2 * latent_dim,):
        return f"μ, σ: {latent_dim}", "mu"
    return in_words(shape), None


def _count(weights: int) -> str:
    text = (
        f"{weights / 1e6:.1f} M" if weights >= 1e6 else f"{weights / 1e3:.0f} k" if weights >= 1e4 else f"{weights:,}"
    )
    return _("{n} weights").format(n=text)


# ---------------------------------------------------------------------- data


def _real(data: str, spec: DataSpec) -> None:
    card = entry_of(data).card
    st.markdown(card.teaches)
    if not at_hand(data):
        when = (
            _("It is downloaded when you press Start, with a progress bar.")
            if to_fetch(data)
            else _("Its file is here; it is unpacked when you press Start.")
        )
        licence = _("Licence: {licence}.").format(licence=entry_of(data).extra["licence"])
        st.markdown(f"{when} {licence}")
        return
    samples = real_samples(data)
    if samples.points is not None:
        named = 0 < len(spec.classes) <= len(CLASSES)
        scatter(
            samples.points,
            samples.labels if named else None,
            key="real-points",
            alt=_("Real points of {data}").format(data=card.title),
            classes=spec.classes if named else (),
            colours=() if named else (CONCEPTS["real"],),
            extent=samples.extent,
            most_width=420,
        )
    elif samples.images is not None:
        sheet = tile(samples.images, columns=20, gap=2, ground=ground())
        image_grid(sheet, key="real-pictures", alt=_("Real pictures of {data}").format(data=card.title))
