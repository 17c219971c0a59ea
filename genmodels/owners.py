"""To whom runs and uploaded data belong."""

import hashlib


def owner_key(owner: str) -> str:
    """What is written down instead of the owner's secret; empty stays empty."""
    return hashlib.sha256(owner.encode()).hexdigest()[:24] if owner else ""
