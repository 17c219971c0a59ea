"""Which moments of a run to show when not all of them can be."""

import math
from collections.abc import Sequence


def milestones(steps: Sequence[int], most: int) -> list[int]:
    """At most ``most`` of ascending ``steps``: the first, the last, and between them ever wider apart.

    Training does most of its work early, so equal distances are those of ``log(1 + step)``.

    >>> milestones(range(0, 1001), 5)
    [0, 5, 31, 177, 1000]
    """
    if len(steps) <= most:
        return list(steps)
    place = [math.log1p(step - steps[0]) for step in steps]
    chosen = {0, len(steps) - 1}
    for i in range(1, most - 1):
        wanted = place[-1] * i / (most - 1)
        left = [j for j in range(len(steps)) if j not in chosen]
        chosen.add(min(left, key=lambda j: abs(place[j] - wanted)))
    return [steps[j] for j in sorted(chosen)]
