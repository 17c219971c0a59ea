"""The game in the plane: one large plot with layers, a diagram of the model with the same layers as miniatures."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from pages.parts.component import component
from pages.parts.palette import CONCEPTS, Concept
from pages.parts.plane_feed import pack
from pages.parts.text import _

_plane = component(Path(__file__).parent, constant=True, canvas=True)

Where = Literal["data", "latent"]
LayerName = Literal[
    "surface", "mesh", "real", "samples", "pull", "reconstructions", "prior", "mesh_z", "z", "posterior"
]


@dataclass(frozen=True)
class Layer:
    """Something the plot draws, and the word in the caption that switches it; drawn in the order of the caption."""

    name: LayerName
    plane: Where
    concept: Concept
    before: str
    word: str
    after: str = " "
    hidden: bool = False


@dataclass(frozen=True)
class Node:
    """A part of the model in the diagram, with the layers of its miniature; a click switches the first of them."""

    name: str
    title: str
    concept: Concept
    plane: Where
    layers: tuple[LayerName, ...]


@dataclass(frozen=True)
class Phase:
    """One sentence of the slow motion: which nodes are at work, what the plot shows meanwhile, and who moves."""

    title: str
    text: str
    concept: Concept
    nodes: tuple[str, ...]
    layers: tuple[LayerName, ...] = ()
    plane: Where = "data"
    move: str = ""


@dataclass(frozen=True)
class Scene:
    """Everything about a kind of model that stays while it trains. ``edges`` join nodes by name."""

    layers: Sequence[Layer]
    nodes: Sequence[Node]
    edges: Sequence[tuple[str, str]]
    phases: Sequence[Phase]


def plane(
    scene: Scene,
    *,
    key: str,
    game: str,
    alt: str,
    fixed: Mapping[str, np.ndarray],
    extent: tuple[float, float, float, float],
    mesh_shape: tuple[int, int],
    uniform: bool,
    probability: bool,
    slot: str = "",
    beside: bool = False,
) -> None:
    """Draw the plot and the diagram; frames come through :func:`pages.parts.plane_feed.plane_feed`.

    Args:
        scene: Layers, diagram and story.
        key: Identity of the element.
        game: Identity of what is shown: a frame of another game is not drawn.
        alt: What is seen, for those who do not see it.
        fixed: What does not move: ``real`` ``[N, 2]``, ``z`` ``[M, 2]`` and ``mesh_z`` ``[rows, columns, 2]``.
        extent: Left, right, bottom, top of the data plane.
        mesh_shape: Rows and columns of the mesh.
        uniform: Whether codes come from a square instead of a normal distribution.
        probability: Whether D's logit may be read as a probability.
        slot: Which feed it listens to, where there are several planes on a page.
        beside: Whether it shares its place with another one: without the diagram, and with samples to compare.
    """
    data = {
        "game": game,
        "slot": slot,
        "beside": beside,
        "fixed": {name: pack(values) for name, values in fixed.items()},
        "extent": extent,
        "mesh_shape": mesh_shape,
        "uniform": uniform,
        "probability": probability,
        "spread": float(np.std(fixed["real"])),
        "colours": {name: [colour.light, colour.dark] for name, colour in CONCEPTS.items()},
        "layers": [asdict(layer) for layer in scene.layers],
        "hidden": ["reconstructions"] if beside else [layer.name for layer in scene.layers if layer.hidden],
        "nodes": [asdict(node) for node in scene.nodes],
        "edges": [list(edge) for edge in scene.edges],
        "phases": [asdict(phase) for phase in scene.phases],
        "words": {"alt": alt, "time": _("Moment of the run"), "live": _("Live")},
    }
    _plane(key=key, data=data)
