"""All lessons in the visitor's language, in their order."""

from functools import cache
from pathlib import Path

import streamlit as st

from pages.parts.learn.markup import Lesson, parse

LESSONS = Path(__file__).parents[2] / "lessons"


@cache
def lessons(language: str) -> tuple[Lesson, ...]:
    """The lessons in ``pages/lessons/<language>``, which has to be one of :func:`languages`."""
    return tuple(sorted(map(parse, (LESSONS / language).glob("*.md")), key=lambda lesson: lesson.order))


def languages() -> frozenset[str]:
    """Languages that have lessons; the folder of their pictures is none."""
    return frozenset(path.parent.name for path in LESSONS.glob("*/*.md"))


def course() -> tuple[Lesson, ...]:
    """The lessons for this visitor; English where there are none in their language."""
    wanted = (st.context.locale or "en").split("-")[0]
    return lessons(wanted if wanted in languages() else "en")
