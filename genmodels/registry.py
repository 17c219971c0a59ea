"""One mechanism by which models, networks, objectives, data sets and presets make themselves known.

A registry belongs to a package. At its first use it imports every module of that package, and each module registers
what it offers with a decorator. So adding a thing means adding a file or a function, and nothing else::

    LOSSES: Registry[GANLoss] = Registry("GAN loss", "genmodels.objectives")

    @LOSSES.register("hinge", Card(title="Hinge", ...))
    def hinge(...): ...
"""

import difflib
import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from genmodels.errors import UserError

T = TypeVar("T")


@dataclass(frozen=True)
class Card:
    """What a person should know about a registered thing.

    Attributes:
        title: Its name in the field, as shown.
        summary: One sentence: what it is.
        family: The group under which it is listed ("GAN", "autoencoder", "network", ...).
        equation: LaTeX, without dollar signs; empty where there is none.
        paper: Source, with the arXiv id where there is one.
        teaches: What one learns by trying it.
        fails: How it goes wrong.
    """

    title: str
    summary: str
    family: str = ""
    equation: str = ""
    paper: str = ""
    teaches: str = ""
    fails: str = ""


@dataclass(frozen=True)
class Entry(Generic[T]):
    """A registered thing: its name, what was registered, its card and whatever else it said about itself."""

    name: str
    thing: T
    card: Card
    extra: Mapping[str, Any]


class Registry(Mapping[str, Entry[T]]):
    """Names to entries, in the order of registration, filled from one package at first use."""

    def __init__(self, kind: str, package: str) -> None:
        self.kind = kind
        self.package = package
        self._entries: dict[str, Entry[T]] = {}
        self._complete = False

    def register(self, name: str, card: Card, **extra: Any) -> Callable[[T], T]:
        """Decorator that registers a function or class under ``name``."""

        def keep(thing: T) -> T:
            if name in self._entries:
                raise ValueError(f"{self.kind} {name!r} is registered twice")
            self._entries[name] = Entry(name, thing, card, extra)
            return thing

        return keep

    def _fill(self) -> dict[str, Entry[T]]:
        if not self._complete:
            package = importlib.import_module(self.package)
            for module in pkgutil.iter_modules(package.__path__):
                importlib.import_module(f"{self.package}.{module.name}")
            self._complete = True
        return self._entries

    def __getitem__(self, name: str) -> Entry[T]:
        """The entry called ``name``.

        Raises:
            UserError: There is none; the sentence names the nearest one.
        """
        entries = self._fill()
        if name not in entries:
            near = difflib.get_close_matches(name, entries, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"choose one of {', '.join(entries)}."
            raise UserError(f"There is no {self.kind} called {name[:60]!r}; {hint}")
        return entries[name]

    def __contains__(self, name: object) -> bool:
        return name in self._fill()

    def __iter__(self) -> Iterator[str]:
        return iter(self._fill())

    def __len__(self) -> int:
        return len(self._fill())
