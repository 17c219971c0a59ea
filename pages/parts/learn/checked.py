"""Which tests hold an equation to its word: found by looking into them, so that what a card says is so."""

import re
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parents[3] / "tests"
VARIABLES = {
    "models": "MODELS",
    "gan_losses": "GAN_LOSSES",
    "penalties": "PENALTIES",
    "likelihoods": "LIKELIHOODS",
    "networks": "NETWORKS",
}
"""Registry -> the name by which tests go through all that is registered there."""


@cache
def checked_by(kind: str, name: str) -> tuple[str, ...]:
    """Files of mathematical tests that name the thing, or go through all things of its kind; empty without tests.

    >>> checked_by("gan_losses", "hinge")
    ('tests/test_math_games.py', 'tests/test_math_objectives.py')
    """
    found = []
    for path in sorted(TESTS.glob("test_math_*.py")):
        text = path.read_text(encoding="utf-8")
        # Parametrised over the registry; a mention in an import alone tests nothing.
        through_all = re.search(rf"(parametrize\(.*|for .* in ){VARIABLES[kind]}\b", text)
        if through_all or (re.search(rf"\b{VARIABLES[kind]}\b", text) and f'"{name}"' in text):
            found.append(f"tests/{path.name}")
    return tuple(found)
