"""Which tests hold an equation to its word: found by looking into them, so that what a card says is so."""

import re
from functools import cache
from pathlib import Path

from genmodels import catalogue

TESTS = Path(__file__).parents[3] / "tests"


@cache
def checked_by(kind: str, name: str) -> tuple[str, ...]:
    """Files of mathematical tests that name the thing, or go through all things of its kind; empty without tests.

    >>> checked_by("gan_losses", "hinge")
    ('tests/test_math_games.py', 'tests/test_math_objectives.py')
    """
    variable, found = _variable(kind), []
    for path in sorted(TESTS.glob("test_math_*.py")):
        text = path.read_text(encoding="utf-8")
        # Parametrised over the registry; a mention in an import alone tests nothing.
        through_all = re.search(rf"(parametrize\(.*|for .* in ){variable}\b", text)
        if through_all or (re.search(rf"\b{variable}\b", text) and f'"{name}"' in text):
            found.append(f"tests/{path.name}")
    return tuple(found)


def _variable(kind: str) -> str:
    """The name by which tests go through all that is registered there.

    >>> _variable("data"), _variable("optimizers")
    ('DATASETS', 'OPTIMIZERS')
    """
    registry = catalogue.REGISTRIES[kind]
    return next(name for name, value in vars(catalogue).items() if value is registry)
