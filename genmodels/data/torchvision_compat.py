"""``import torchvision`` beside a CPU-only torch.

The torchvision wheel's C++ library wants CUDA. Beside a CPU-only torch it is not loaded, and the import then dies
with ``operator torchvision::nms does not exist``. Declaring the missing operators is enough for data sets,
transforms and ``make_grid``; ``io.read_image`` and ``ops.nms`` still do not work (use Pillow).
"""

import importlib
import sys
import threading
from types import ModuleType

import torch

_MISSING = "operator torchvision::nms does not exist"
_LOCK = threading.Lock()
_declared: list[torch.library.Library] = []  # the operators live as long as their library is referenced


def import_torchvision() -> ModuleType:
    """The module ``torchvision``, its operators declared first where the wheel could not bring them.

    Raises:
        ImportError: torchvision is not installed.
    """
    with _LOCK:
        try:
            return importlib.import_module("torchvision")
        except RuntimeError as error:
            if _MISSING not in str(error) or _declared:
                raise
        for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
            del sys.modules[name]
        library = torch.library.Library("torchvision", "DEF")
        for operator in ("nms", "qnms"):
            library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        _declared.append(library)
        return importlib.import_module("torchvision")
