"""Data sets made of others: some of the classes, some of the samples, another part held out, noise laid over them."""

from dataclasses import replace

import torch
from torch import Tensor

from genmodels.data.base import Dataset, DataSpec, Factors
from genmodels.data.split import holdout
from genmodels.errors import UserError


def resplit(dataset: Dataset, fraction: float | None, seed: int = 0) -> Dataset:
    """``dataset`` with the share ``fraction`` of all its samples held out, class by class; None leaves it as it comes.

    The parts are drawn by ``seed`` from training and held-out samples together.
    """
    if fraction is None:
        return dataset
    x = torch.cat([dataset.train, dataset.test])
    labels = None
    if dataset.train_labels is not None and dataset.test_labels is not None:
        labels = torch.cat([dataset.train_labels, dataset.test_labels])
    train, test = holdout(len(x), labels, seed, fraction)
    factors = dataset.factors
    if factors is not None:
        causes = torch.cat([factors.train, factors.test])
        factors = Factors(factors.names, causes[train], causes[test])
    return replace(
        dataset,
        train=x[train],
        test=x[test],
        train_labels=_taken(labels, train),
        test_labels=_taken(labels, test),
        factors=factors,
    )


def with_noise(dataset: Dataset, strength: float, seed: int = 0) -> Dataset:
    """``dataset`` with Gaussian noise laid once over its training samples; the held-out ones stay clean.

    Args:
        dataset: Any.
        strength: Standard deviation, in units of the range of a picture or the spread of the points.
        seed: Draws the noise.
    """
    if not strength:
        return dataset
    generator = torch.Generator().manual_seed(seed)
    images = dataset.spec.modality == "image"
    unit = 255.0 if images else float(dataset.train.std())
    parts = []
    for part in dataset.train.split(4096):  # pictures as floats take four times the room
        noisy = part + strength * unit * torch.randn(part.shape, generator=generator)
        parts.append(noisy.round().clamp(0, 255).to(torch.uint8) if images else noisy)
    return replace(dataset, train=torch.cat(parts))


def select(dataset: Dataset, classes: tuple[str, ...] = (), size: int | None = None, seed: int = 0) -> Dataset:
    """``dataset`` with the classes called ``classes`` only, and at most ``size`` samples to train on.

    Held-out samples are chosen by class but not thinned, so that small sets are measured as well as large ones. The
    labels count anew from 0, in the order of the data set. A toy with classes left out has no exact density any more.

    Args:
        dataset: Any; the same object comes back where nothing is left out.
        classes: Names; empty keeps all.
        size: Samples to train on, drawn by ``seed``; None keeps all.
        seed: Draws the samples.

    Raises:
        UserError: The set has no such class, or nothing is left.
    """
    if classes:
        dataset = _of_classes(dataset, kept_classes(dataset.spec.classes, classes))
    if size is None or size >= len(dataset.train):
        return dataset
    chosen = torch.randperm(len(dataset.train), generator=torch.Generator().manual_seed(seed))[:size]
    factors = dataset.factors
    return replace(
        dataset,
        train=dataset.train[chosen],
        train_labels=_taken(dataset.train_labels, chosen),
        factors=factors and replace(factors, train=factors.train[chosen]),
    )


def kept_classes(known: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[str, ...]:
    """``wanted`` in the order of ``known``.

    Raises:
        UserError: One of them is not known.
    """
    if unknown := [name for name in wanted if name not in known]:
        there = f"choose among {', '.join(known)[:100]}" if known else "its samples have no labels"
        raise UserError(f"These data have no class {unknown[0][:40]!r}; {there}.")
    return tuple(name for name in known if name in wanted)


def _of_classes(dataset: Dataset, kept: tuple[str, ...]) -> Dataset:
    if kept == dataset.spec.classes or dataset.train_labels is None or dataset.test_labels is None:
        return dataset
    renamed = torch.full((len(dataset.spec.classes),), -1)
    for new, name in enumerate(kept):
        renamed[dataset.spec.classes.index(name)] = new
    train_labels, test_labels = renamed[dataset.train_labels], renamed[dataset.test_labels]
    train, test = (labels >= 0 for labels in (train_labels, test_labels))
    if not (train.any() and test.any()):
        raise UserError("The chosen classes have too few samples to learn from and to hold out; choose more of them.")
    factors = dataset.factors
    return replace(
        dataset,
        spec=DataSpec(dataset.spec.modality, dataset.spec.shape, kept),
        train=dataset.train[train],
        test=dataset.test[test],
        train_labels=train_labels[train],
        test_labels=test_labels[test],
        toy=None,
        factors=factors and Factors(factors.names, factors.train[train], factors.test[test]),
    )


def _taken(labels: Tensor | None, chosen: Tensor) -> Tensor | None:
    return None if labels is None else labels[chosen]
