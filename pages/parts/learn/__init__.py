"""Lessons: how they are written (markup), found (course), drawn (reader), and what in them moves (figure)."""
