"""How much a path given by somebody may hold. Read at use, so that a host may tighten them."""

MAX_FILES = 100_000
"""Files in a folder, entries in a zip."""
MAX_PICTURE_BYTES = 32 << 20
"""One picture file, packed or unpacked."""
MAX_PICTURE_PIXELS = 25_000_000
"""Width times height of one picture, taken from its header before anything is decoded."""
MAX_UNPACKED_BYTES = 1 << 30
"""All that is unpacked from one archive."""
MAX_DIRECTORY_BYTES = 16 << 20
"""The table of contents of a zip."""
MAX_ARRAY_BYTES = 1 << 30
"""One array of an idx file, an .npz or an .npy."""
MAX_CLASSES = 1_000
"""Class folders or different labels; beyond it the labels are left out."""
MAX_TABLE_BYTES = 16 << 20
MAX_POINTS = 200_000
"""A CSV of points: the file, and its lines."""
MAX_STROKES_BYTES = 1 << 30
MAX_LINE_BYTES = 1 << 20
MAX_DRAWINGS = 50_000
MAX_STROKE_POINTS = 5_000
"""A file of strokes, one of its lines, how many drawings are made from it, and points in one of them."""
MAX_GIVEN = 5_000
MAX_GIVEN_BYTES = 200 << 20
"""Files sent by a browser at once: how many, and how large together."""
