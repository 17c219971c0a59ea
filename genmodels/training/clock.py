"""Time in a run: what counts towards its budget, and when it is time to speak."""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Stopwatch:
    """Seconds of training. Pauses are not counted, showing and measuring is."""

    def __init__(self, elapsed: float = 0.0) -> None:
        self._elapsed = elapsed
        self._since: float | None = None

    @property
    def seconds(self) -> float:
        return self._elapsed + (time.perf_counter() - self._since if self._since is not None else 0.0)

    def go(self) -> None:
        if self._since is None:
            self._since = time.perf_counter()

    def pause(self) -> None:
        self._elapsed, self._since = self.seconds, None


class Rhythm:
    """Says when each kind of work is due again: after its interval, and later if it is costly.

    Work that takes ``c`` seconds comes every ``c / share`` seconds, so that it takes no more than ``share`` of the
    time. It does not come more rarely than ``slowest``, though, unless that would take ``LIMIT`` times its share: the
    one who watches a busy machine wants to see that it moves.

    Args:
        intervals: Seconds between two pieces of each kind of work: as a rule, and at most.
        share: Part of the time that each kind may take.
    """

    LIMIT = 4.0

    def __init__(self, intervals: dict[str, tuple[float, float]], share: float) -> None:
        self._intervals = intervals
        self._share = share
        self._warm: set[str] = set()
        self._costs: dict[str, deque[float]] = {name: deque(maxlen=3) for name in intervals}
        now = time.perf_counter()
        self._next = {name: now + usual for name, (usual, _) in intervals.items()}

    def due(self, name: str) -> bool:
        return time.perf_counter() >= self._next[name]

    @contextmanager
    def work(self, name: str) -> Iterator[None]:
        """Do the work inside; its cost decides when it is due again."""
        start = time.perf_counter()
        yield
        now = time.perf_counter()
        if name in self._warm:  # the first time pays for what is only set up once
            self._costs[name].append(now - start)
        self._warm.add(name)
        self._next[name] = now + self.wait(name)

    def wait(self, name: str) -> float:
        """Seconds from one piece of this work to the next. Of the last costs the least counts: others had a hiccup."""
        usual, slowest = self._intervals[name]
        due = min(self._costs[name], default=0.0) / self._share
        return max(usual, min(due, slowest), due / self.LIMIT)
