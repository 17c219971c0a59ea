"""Measures of quality. None needs a downloaded network."""
