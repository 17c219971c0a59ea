"""The networks of a run, block by block; a press shows what one makes of a sample: ``{{inside gan discriminator}}``."""

import html

import numpy as np
import streamlit as st

from genmodels.errors import UserError
from genmodels.training.folder import RunFolder
from pages.parts import address
from pages.parts.architecture import in_words
from pages.parts.image_grid import image_grid
from pages.parts.learn.insides import PARTS, Inside, Net, Seen, bars_svg, inside, maps_picture, shown
from pages.parts.learn.lesson_run import lesson_run
from pages.parts.network_diagram import Block, Blocks, Place, network_diagram
from pages.parts.palette import CONCEPTS, is_dark, word
from pages.parts.real_samples import pictures
from pages.parts.svg_figure import svg_figure
from pages.parts.text import _

FEW = 8
"""Values that can as well be read."""


def show(key: str, family: str, part: str) -> None:
    """``family`` is ``gan`` or ``autoencoder``; ``part`` is the network that is open at first."""
    with st.container(border=True, key=f"inside-{key}"):
        if folder := lesson_run(key, family, _("Networks of"), lambda model: _fits(model, family)):
            st.fragment(_networks)(folder, part, key)


def _fits(model: str, family: str) -> bool:
    from genmodels.models import MODELS
    from genmodels.models.gan import GAN

    kind = MODELS[model].thing
    return issubclass(kind, GAN) if family == "gan" else kind.encodes


def _networks(folder: RunFolder, part: str, key: str) -> None:
    sample_key, seed_key, place_key = f"sample-{key}", f"seed-{key}", f"place-{key}"
    seed, sample = st.session_state.get(seed_key, address.read("seed")), st.session_state.get(sample_key, 1)
    try:
        version = (folder.path / "model.safetensors").stat().st_mtime_ns
        found = _inside(str(folder.path), version, sample - 1, seed)
    except (UserError, OSError):
        st.caption(_("This run has nothing to show yet; give it a few seconds."))
        return
    nets = found.nets
    at, layer = st.session_state.get(place_key) or (_index(nets, part), 1)
    at, layer = min(at, len(nets) - 1), min(layer, len(nets[min(at, len(nets) - 1)].layers) - 1)
    network_diagram(
        [_blocks(net, found.encodes) for net in nets],
        (at, layer),
        key=f"diagram-{key}",
        alt=_("The networks, layer by layer. Press a block to look inside."),
        on_pick=lambda place: _keep(place_key, place),
    )
    st.caption(_("Data go along the dots. Press a block to see what leaves that layer; taller ones hold more values."))
    net = nets[at]
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"looked-at-{key}"):
        given = found.drawn if net.part == "decoder" else found.real
        if given.ndim == 3:
            alt = _("What the network draws") if net.part == "decoder" else _("What the network is shown")
            with st.container(width=84):
                image_grid(pictures(given[None])[0], key=f"given-{key}", alt=alt, most_width=84)
        if net.part == "decoder":
            st.number_input(
                _("Seed of z"), 0, address.MOST_SEED, seed, key=seed_key, width=160, persist_state="session",
                help=_("The noise from which it draws: another seed, another sample."),
            )  # fmt: skip
        else:
            if sample > found.samples:  # it was chosen for another run
                st.session_state[sample_key] = (sample - 1) % found.samples + 1
            st.number_input(
                _("Sample"), 1, found.samples, key=sample_key, width=160, persist_state="session",
                help=_("Which of the held-out samples it is shown; it has never learned from them."),
            )  # fmt: skip
    _layer(net, layer, found, key)


def _keep(place_key: str, place: Place) -> None:
    st.session_state[place_key] = place


@st.cache_data(show_spinner=False, max_entries=8)
def _inside(path: str, version: int, sample: int, seed: int) -> Inside:
    from pathlib import Path

    return inside(RunFolder(Path(path)), sample, seed)


def _index(nets: tuple[Net, ...], part: str) -> int:
    return next((i for i, net in enumerate(nets) if net.part == part), 0)


def _name(net: Net, encodes: bool) -> str:
    names = {"encoder": _("Encoder"), "discriminator": _("Discriminator")}
    return names.get(net.part) or (_("Decoder") if encodes else _("Generator"))


def _kind(seen: Seen) -> str:
    kinds = {"input": _("input"), "linear": _("dense"), "conv2d": _("conv"), "residual": _("residual")}
    return kinds.get(seen.kind, seen.kind)


def _blocks(net: Net, encodes: bool) -> Blocks:
    blocks = tuple(Block(seen.out.shape, in_words(seen.out.shape), _below(seen)) for seen in net.layers)
    return Blocks(_name(net, encodes), PARTS[net.part], _("{count} weights").format(count=f"{net.weights:,}"), blocks)


def _below(seen: Seen) -> str:
    """
    >>> _below(Seen("linear", np.zeros(4), 131_328)), _below(Seen("input", np.zeros(4), 0))
    ('dense 131k', 'input')
    """
    if not seen.weights:
        return _kind(seen)
    return f"{_kind(seen)} {seen.weights}" if seen.weights < 1_000 else f"{_kind(seen)} {seen.weights / 1e3:.0f}k"


# ---------------------------------------------------------------------- one layer


def _layer(net: Net, layer: int, found: Inside, key: str) -> None:
    seen, concept = net.layers[layer], PARTS[net.part]
    name = word(concept, html.escape(_name(net, found.encodes)))
    st.html(f"<p style='margin: 0'>{name} · {_sentence(net, layer, found.spread)}</p>")
    if seen.out.ndim == 3:
        sheet = maps_picture(seen.out, CONCEPTS[concept].now(), is_dark())
        image_grid(sheet, key=f"maps-{key}", alt=_("Feature maps of this layer"), most_width=_wide(seen.out))
    else:
        at = "z" if net.part == "decoder" and layer == 0 else concept
        svg_figure(bars_svg(seen.out.ravel(), at, html.escape(_("Activations of this layer"))), key=f"bars-{key}")
    st.caption(_scale(seen.out))


def _wide(maps: np.ndarray) -> int:
    """Few maps need not fill the page."""
    return min(640, 150 * shown(maps))


def _sentence(net: Net, layer: int, spread: bool) -> str:
    seen, last = net.layers[layer], len(net.layers) - 1
    if layer == 0:
        return _("what it is given: noise z, the code of the seed") if net.part == "decoder" else _("what it is given")
    if layer == last:
        return {
            "encoder": _("the code it writes: all μ, then all ln σ²") if spread else _("the code it writes"),
            "decoder": _("what it draws, before the values are bent into the range of the data"),
            "discriminator": _("its verdict: the higher, the more real"),
        }[net.part]
    place = _("layer {layer} of {last}").format(layer=layer, last=last)
    if seen.out.ndim == 3:
        count = len(seen.out)
        maps = _("{count} feature maps of {size}").format(count=count, size=in_words(seen.out.shape[1:]))
        most = shown(seen.out)
        more = _(", the first {most}").format(most=most) if count > most else ""
        return f"{place}: {maps}{more}"
    return f"{place}: {_('{count} units').format(count=seen.out.size)}"


def _scale(out: np.ndarray) -> str:
    if out.size <= FEW:
        return ", ".join(_number(value) for value in out.ravel())
    ends = _("From {low} to {high}.").format(low=_number(out.min()), high=_number(out.max()))
    words = _("In colour what is above zero, in grey what is below.") if out.ndim == 3 else _("Bars start at zero.")
    return f"{ends} {words}"


def _number(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")
