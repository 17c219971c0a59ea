"""Taking a run away: as numbers, pictures, networks, or as code that makes it again.

``EXPORTS`` lists the kinds; a new one is a function from a run folder to bytes, registered with
``@EXPORTS.register(name, Card(...), suffix=..., mime=...)`` in a module of this package.
"""

from genmodels.export.base import EXPORTS, Export, file_name

__all__ = ["EXPORTS", "Export", "file_name"]
