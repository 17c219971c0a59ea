"""What all exports share."""

import re
from collections.abc import Callable

from genmodels.registry import Registry
from genmodels.training.folder import RunFolder

Export = Callable[[RunFolder], bytes]
"""From a run to the content of a file. Raises UserError where the run has no such thing."""

EXPORTS: Registry[Export] = Registry("export", "genmodels.export")
"""Every entry says beside its card what the file is: ``stem``, ``suffix`` with a dot, ``mime``; and what it ``needs``:
a part of the run folder, or ``"images"``, a model that draws pictures."""

_ODD = re.compile(r"[^A-Za-z0-9_-]+")


def harmless(folder: RunFolder) -> str:
    """The run's id as part of a file name or a path: it means nothing to a file system.

    >>> from pathlib import Path
    >>> harmless(RunFolder(Path("runs/my run"))), harmless(RunFolder(Path("..")))
    ('my-run', 'run')
    """
    return _ODD.sub("-", folder.id)[:64].strip("-") or "run"


def file_name(folder: RunFolder, what: str) -> str:
    """A harmless name for the file: the run's id, what it is, and its suffix.

    >>> from pathlib import Path
    >>> file_name(RunFolder(Path("runs/my run")), "csv")
    'my-run-history.csv'
    """
    entry = EXPORTS[what]
    return f"{harmless(folder)}-{entry.extra['stem']}{entry.extra['suffix']}"
