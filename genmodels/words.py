"""Numbers as people say them."""


def duration(seconds: float | None) -> str:
    """A time in its two largest units; a dash where it is unknown.

    >>> duration(7.2), duration(130), duration(7320), duration(None)
    ('7 s', '2 min 10 s', '2 h 2 min', '–')
    """
    if seconds is None or not 0 <= seconds < 1e9:
        return "–"
    whole = round(seconds)
    if whole < 100:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
