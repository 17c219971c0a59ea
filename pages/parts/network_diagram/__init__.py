"""Networks as blocks that one can press: every layer with its shape, and data that flow from one to the next."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from math import prod
from pathlib import Path

import streamlit as st

from pages.parts.component import component
from pages.parts.palette import Concept

_diagram = component(Path(__file__).parent)

Place = tuple[int, int]
"""A network and a layer in it."""


@dataclass(frozen=True)
class Block:
    """A layer: the shape of what comes out of it, the same in words, and a word or two below."""

    shape: tuple[int, ...]
    title: str
    below: str


@dataclass(frozen=True)
class Blocks:
    """A network: what it is called, its colour, how large it is in words, and its layers, the input first."""

    name: str
    concept: Concept
    size: str
    blocks: tuple[Block, ...]


def network_diagram(
    networks: Sequence[Blocks], chosen: Place, *, key: str, alt: str, on_pick: Callable[[Place], None]
) -> None:
    """Draw the networks in the order in which data pass through them.

    Args:
        networks: At least one. A block is the taller the more values its layer holds.
        chosen: The block that is pressed.
        key: Identity of the element.
        alt: What is seen, for those who do not see it.
        on_pick: Called with the block that the visitor presses, before the run that it causes.
    """
    most = max(prod(block.shape) for network in networks for block in network.blocks)
    drawn = [asdict(network) for network in networks]
    for network in drawn:
        for block in network["blocks"]:
            block["height"] = (prod(block.pop("shape")) / most) ** 0.35

    def picked() -> None:
        if place := checked(st.session_state[key].get("picked"), networks):
            on_pick(place)

    _diagram(key=key, data={"networks": drawn, "chosen": list(chosen), "alt": alt}, on_picked_change=picked)


def checked(answer: object, networks: Sequence[Blocks]) -> Place | None:
    """What the browser sent, if it is a block that there is.

    >>> net = Blocks("decoder", "generator", "", (Block((2,), "2", "z"),))
    >>> checked([0, 0], [net]), checked([0, 1], [net]), checked("no", [net])
    ((0, 0), None, None)
    """
    match answer:
        case [int(network), int(layer)] if 0 <= network < len(networks):
            return (network, layer) if 0 <= layer < len(networks[network].blocks) else None
    return None
