"""Batches by index from tensors in memory."""

import torch
from torch import Tensor

from genmodels.data.base import Dataset


class Batches:
    """Endless shuffled batches; an order can be taken up again in its middle.

    The last samples of an epoch that do not fill a batch wait for the next shuffle. A batch larger than the data
    draws with replacement.
    """

    def __init__(self, data: Dataset, generator: torch.Generator, device: torch.device) -> None:
        self.x = data.train.to(device)
        self.y = None if data.train_labels is None else data.train_labels.to(device)
        self._generator = generator
        self._shuffle()

    def _shuffle(self) -> None:
        self._epoch_start = self._generator.get_state()
        self._order = torch.randperm(len(self.x), generator=self._generator).to(self.x.device)
        self._position = 0

    def next(self, n: int) -> tuple[Tensor, Tensor | None]:
        """``n`` samples ``[n, *shape]`` in their stored type, and their labels ``[n]`` or None."""
        if n > len(self.x):
            chosen = torch.randint(len(self.x), (n,), generator=self._generator).to(self.x.device)
        else:
            if self._position + n > len(self._order):
                self._shuffle()
            chosen = self._order[self._position : self._position + n]
            self._position += n
        return self.x.index_select(0, chosen), None if self.y is None else self.y.index_select(0, chosen)

    def state(self) -> dict[str, Tensor]:
        return {
            "epoch_start": self._epoch_start,
            "generator": self._generator.get_state(),
            "position": torch.tensor(self._position),
        }

    def restore(self, state: dict[str, Tensor]) -> None:
        self._generator.set_state(state["epoch_start"])
        self._shuffle()
        self._generator.set_state(state["generator"])
        self._position = int(state["position"])
