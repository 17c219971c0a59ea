"""Trained runs that come with the package, so that there is something to explore before any training.

``python -m genmodels.bundled`` makes them anew through the public command line.
"""
