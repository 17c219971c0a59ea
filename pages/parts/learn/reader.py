"""Lessons on the page: the table of contents, one lesson, and the way from each to the next."""

import itertools
from pathlib import Path

import streamlit as st

from pages.parts import hiding, lesson_parts, levels, palette, tour
from pages.parts.component import EDGES
from pages.parts.learn import challenge_cards, pictures, progress
from pages.parts.learn.course import course
from pages.parts.learn.markup import LEVELS, Check, Lesson, Part, Steps, Text, coloured, linked
from pages.parts.text import _


def show() -> None:
    """The lesson in the address (``?lesson=``), or all of them."""
    styles = (EDGES, Path(__file__).with_name("reader.css"))
    st.html(f"<style>{''.join(path.read_text(encoding='utf-8') for path in styles)}</style>")
    all_lessons = {lesson.name: lesson for lesson in course()}
    wanted = st.query_params.get("lesson")
    lesson = all_lessons.get(wanted or "")
    with st.container(key="lesson"):
        progress.keep(lesson.name if lesson else "", all_lessons)
        if lesson:
            _lesson(lesson, list(all_lessons.values()))
        else:
            if wanted is not None:
                st.info(_("There is no such lesson; here are all of them."))
            _contents(list(all_lessons.values()))


def _open(lesson: str | None, finished: str | None = None) -> None:
    if finished:
        progress.mark(finished)
    if lesson:
        st.query_params["lesson"] = lesson
    else:
        st.query_params.pop("lesson", None)


# ---------------------------------------------------------------------- all lessons


def _contents(lessons: list[Lesson]) -> None:
    st.html(pictures.style(palette.is_dark()))
    finished = progress.done()
    minutes = sum(lesson.minutes for lesson in lessons)
    st.title(_("Learn"), anchor=False)
    st.markdown(
        _(
            "From the idea to the equation to the running code: {count} short lessons, each with something to touch."
        ).format(count=len(lessons))
    )
    tour.button("learn-tour")
    st.caption(_("{done} of {count} done · {minutes} minutes in all").format(
        done=len(finished), count=len(lessons), minutes=minutes
    ))  # fmt: skip
    numbered = enumerate(lessons, 1)
    for chapter, group in itertools.groupby(numbered, key=lambda pair: pair[1].chapter):
        st.subheader(chapter, anchor=False)
        with st.container(key=f"chapter-{chapter.lower().replace(' ', '-')}"):
            for number, lesson in group:
                _card(number, lesson, lesson.name in finished)
    challenge_cards.show()
    if finished:
        st.button(_("Clear progress"), type="tertiary", on_click=progress.forget)


def _card(number: int, lesson: Lesson, finished: bool) -> None:
    with st.container(border=True, key=f"card-{lesson.name}", gap="xsmall"):
        st.button(
            f"{number}. {lesson.title}",
            key=f"open-{lesson.name}",
            type="tertiary",
            icon=":material/check_circle:" if finished else None,
            on_click=_open,
            args=(lesson.name,),
        )
        st.caption(_("{summary} · {minutes} min").format(summary=lesson.summary, minutes=lesson.minutes))


# ---------------------------------------------------------------------- one lesson


def _lesson(lesson: Lesson, lessons: list[Lesson]) -> None:
    place = lessons.index(lesson)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.button(
            _("All lessons"), icon=":material/arrow_back:", type="tertiary", key="all", on_click=_open, args=(None,)
        )
        levels.switch("lesson")
    level = levels.current()
    st.title(lesson.title, anchor=False)
    st.caption(_("Lesson {place} of {count} · {minutes} minutes").format(
        place=place + 1, count=len(lessons), minutes=lesson.minutes
    ))  # fmt: skip
    for number, block in enumerate(lesson.blocks):
        if levels.at_least(block.level) and not (hiding.hidden("code") and block.level == "engineer"):
            _block(block.content, f"{lesson.name}-{number}")
    if level != LEVELS[-1]:
        more = {"curious": _("Student shows the mathematics."), "student": _("Engineer shows the running code.")}
        st.caption(more[level])
    _ways_on(lesson, lessons[place - 1] if place else None, next(iter(lessons[place + 1 :]), None))


def _ways_on(lesson: Lesson, before: Lesson | None, after: Lesson | None) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", key="ways-on"):
        if before:
            st.button(before.title, key="before", icon=":material/arrow_back:", on_click=_open, args=(before.name,))
        label, name = (after.title, after.name) if after else (_("Finish"), None)
        st.button(
            label, key="after", type="primary", icon=":material/arrow_forward:", icon_position="right",
            on_click=_open, args=(name, lesson.name),
        )  # fmt: skip


def _block(content: Text | Part | Steps | Check, key: str) -> None:
    match content:
        case Text(text):
            words(text)
        case Part(name, arguments):
            lesson_parts.PARTS[name](key, *arguments)
        case Steps():
            _steps(content, key)
        case Check():
            _check(content, key)


def words(text: str) -> None:
    """Markdown of a lesson, concepts in their colours. Only for text that comes with the app."""
    st.markdown(linked(coloured(text, palette.is_dark())), unsafe_allow_html=True, anchors=False)


@st.fragment
def _steps(content: Steps, key: str) -> None:
    """A derivation: one step more with each press."""
    count = len(content.steps)
    with st.container(border=True, key=f"steps-{key}"):
        shown = st.segmented_control(
            _("Step"), range(1, count + 1), default=1, required=True, key=f"step-{key}", label_visibility="collapsed"
        )
        for number, (title, text) in enumerate(content.steps[:shown], 1):
            words(f"**{number}. {title}**\n\n{text}")
        if shown < count:
            st.caption(_("{left} more; press the next number.").format(left=count - shown))


@st.fragment
def _check(content: Check, key: str) -> None:
    """A question; the answer is explained as soon as it is given."""
    with st.container(border=True, key=f"check-{key}"):
        options = range(len(content.answers))
        chosen = st.radio(
            content.question, options, index=None, format_func=lambda i: content.answers[i].text, key=f"answer-{key}"
        )
        if chosen is not None:
            answer = content.answers[chosen]
            verdict = _("Yes.") if answer.right else _("Not quite.")
            (st.success if answer.right else st.info)(f"**{verdict}** {linked(answer.because)}")
