"""How many processor threads a run computes with."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

from genmodels.training.machine import cores, spare, thread_count


class Threads:
    """As many threads as were asked for or, where that is left open, as many as pay at the moment.

    Whether one more thread pays depends on the network and on what else the machine has to do, and the latter changes:
    on two idle cores two threads are half as fast again as one, beside a busy browser they are slower, because each
    step waits for the thread that was held up. So a run that was not told tries now and then: it takes some steps with
    one thread more or fewer, and stays with whatever is faster. What other runs were given it leaves to them: trying
    that would hold up everybody.

    Args:
        asked: Threads, or 0 to find out.
        most: Threads that a run which was not told tries at most; by default the cores, but no more than four.
        room: Says how many there are for this run at the moment.

    Attributes:
        count: Threads now in use.
    """

    PATIENCE = (0.3, 2.0, 4.0, 8.0, 15.0, 20.0)
    """Seconds from one trial to the next: at first soon, later seldom."""
    WINDOWS, FEWEST, WARM = (0.25, 1.5), 12, 2
    """Seconds that each side of a trial takes at least, the first time and later, steps likewise, and steps left out
    after a change. Who watches keeps a core busy for a fifth of a second, then for half a second not at all: a short
    look at such a machine sees only one of the two, and two threads, of which each waits for the other, suffer most."""
    GAIN = 1.05
    """How much faster the other number must be; less may be chance."""
    FEW, HOPELESS = 3, 1.3
    """After so many steps a trial ends that is slower by this factor: pages and other runs wait meanwhile."""

    SLOWED = 1.3
    """By how much slower than the fastest with as many threads steps must be to try fewer at once: somebody came."""
    LOOKS = 1.0
    """Seconds from one look at what other runs have to the next."""

    def __init__(self, asked: int, most: int | None = None, room: Callable[[], int] = spare) -> None:
        self._most = thread_count(asked) if asked else most or min(4, cores())
        self._tries = not asked and self._most > 1
        self._trials = 0
        self._up = True
        self._usual = 0.0
        self._use(thread_count(asked))
        self._fastest: dict[int, float] = {}
        self._ask, self._room, self._looked = room, room(), time.perf_counter()
        self._next = self._looked + self.PATIENCE[0]

    @contextmanager
    def step(self) -> Iterator[None]:
        """Take one training step inside."""
        start = time.perf_counter()
        yield
        now = time.perf_counter()
        self.took(now - start, now)

    def took(self, seconds: float, now: float) -> None:
        """Learn that a step ended at ``now`` and took ``seconds``."""
        if not self._tries:
            return
        if now - self._looked >= self.LOOKS:
            self._make_way(now)
        self._steps += 1
        if self._steps > 0:
            self._seconds += seconds
        pace = self._seconds / self._steps if self._steps > 0 else 0.0
        hopeless = self._usual and self._steps >= self.FEW and pace > self.HOPELESS * self._usual
        if not hopeless and (self._steps < self.FEWEST or self._seconds < self._window()):
            return
        if self._usual:
            self._decide(pace, now)
        elif self._slowed(pace) or (now >= self._next and self._most_now() > 1):
            self._usual, self._from = pace, self.count
            self._use(self._neighbour())
        else:
            self._use(self.count)

    def _window(self) -> float:
        return self.WINDOWS[min(self._trials, 1)]

    def _most_now(self) -> int:
        return min(self._most, self._room)

    def _make_way(self, now: float) -> None:
        """Another run may have begun, or ended."""
        self._looked, self._room = now, self._ask()
        if self.count > self._most_now():
            self._usual = 0.0
            self._use(self._most_now())

    def _slowed(self, pace: float) -> bool:
        """Whether fewer threads should be tried at once. Said once: then the pace of now counts as the fastest."""
        fastest = self._fastest.setdefault(self.count, pace)
        slowed = self.count > 1 and pace > self.SLOWED * fastest
        self._fastest[self.count] = pace if slowed else min(pace, fastest)
        self._up = self._up and not slowed
        return slowed

    def _neighbour(self) -> int:
        """One more or one fewer: further in the direction that paid, else in the other one."""
        self._up = self.count == 1 or (self._up and self.count < self._most_now())
        return self.count + (1 if self._up else -1)

    def _decide(self, pace: float, now: float) -> None:
        better = self._usual > self.GAIN * pace
        self._fastest[self.count] = min(pace, self._fastest.get(self.count, pace))
        self._usual = 0.0
        self._up = self._up == better
        self._use(self.count if better else self._from)
        self._trials += 1
        self._next = now + self.PATIENCE[min(self._trials, len(self.PATIENCE) - 1)]

    def _use(self, count: int) -> None:
        self.count = count
        self._steps, self._seconds = -self.WARM, 0.0
        torch.set_num_threads(count)
