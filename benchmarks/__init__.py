"""Benchmarks: ours against a reference, measured in turn on the same machine. ``python -m benchmarks --help``."""
