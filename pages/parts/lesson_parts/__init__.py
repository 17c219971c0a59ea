"""Live parts of lessons. One file here is one part: its name is the module's, and ``show(key, *words)`` draws it.

A lesson names it as ``{{name}}``. A part that moves in the browser has its script ``<name>.js`` beside it, see
``pages/parts/learn/figure.py``.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping


class _Parts(Mapping[str, Callable[..., None]]):
    """Names to functions that draw; a module is imported when its part is first drawn."""

    def __init__(self) -> None:
        self._names = tuple(module.name for module in pkgutil.iter_modules(__path__))

    def __getitem__(self, name: str) -> Callable[..., None]:
        if name not in self._names:
            raise KeyError(name)
        show: Callable[..., None] = importlib.import_module(f"{__name__}.{name}").show
        return show

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


PARTS = _Parts()
