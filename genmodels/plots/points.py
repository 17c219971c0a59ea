"""Points in the plane as a small picture."""

import numpy as np

Rgb = tuple[int, int, int]


def draw_points(
    points: np.ndarray, size: int = 64, colour: Rgb = (194, 87, 26), ground: Rgb = (255, 255, 255), radius: float = 0.0
) -> np.ndarray:
    """A picture uint8 ``[size, size, 3]`` of points ``[N, 2]``; up is up, and all of them are on it.

    Args:
        points: Those that are not finite are left out.
        size: Height and width in pixels.
        colour: Of the points.
        ground: Of the rest.
        radius: Of a point in pixels; 0: a single pixel.
    """
    picture = np.full((size, size, 3), ground, np.uint8)
    points = points[np.isfinite(points).all(axis=1)].astype(np.float64)
    if not len(points):
        return picture
    low, high = points.min(0), points.max(0)
    reach = max(float((high - low).max()), 1e-12)
    margin = radius + 0.06 * size
    places = (points - (low + high) / 2) / reach * (size - 1 - 2 * margin) + (size - 1) / 2
    across, down = np.round(places[:, 0]).astype(int), np.round(size - 1 - places[:, 1]).astype(int)
    reach_pixels = int(np.ceil(radius))
    for dx in range(-reach_pixels, reach_pixels + 1):
        for dy in range(-reach_pixels, reach_pixels + 1):
            if dx * dx + dy * dy <= radius * radius:
                picture[down + dy, across + dx] = colour
    return picture
