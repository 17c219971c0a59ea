"""The notation of lessons, parsed. No Streamlit here.

A lesson is Markdown with front matter and a few marks, each on a line of its own::

    {{reparameterisation}}                  a live part: the module of that name in pages/parts/lesson_parts
    {{code genmodels.objectives.kl.gaussian_kl}}    the same, with words for it
    :::student                              what follows is for that level and those above it, up to :::
    :::steps                                steps shown one by one, each beginning with a line "### Title", up to :::
    :::check                                a question, then answers "- [x] right | because ...", up to :::

``@mu{\\sigma^2}`` inside a line sets a symbol, or a word, in the colour of a concept of the palette.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from pages.parts.palette import CONCEPTS

Level = Literal["curious", "student", "engineer"]
LEVELS: tuple[Level, ...] = get_args(Level)
_PART = re.compile(r"\{\{([a-z_]+)((?: [\w.-]+)*)\}\}")
_ANSWER = re.compile(r"- \[([ x])\] (.+?) \| (.+)")
_ARXIV = re.compile(r"\barXiv (\d{4}\.\d{4,5})\b")
_CONCEPT = re.compile(r"@([a-z]+)\{")


@dataclass(frozen=True)
class Text:
    """Markdown, with concepts still marked."""

    text: str


@dataclass(frozen=True)
class Part:
    """A live part and the words given to it."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Steps:
    """Titles and Markdown texts, shown one after another."""

    steps: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Answer:
    """One possible answer, whether it is right, and why."""

    text: str
    right: bool
    because: str


@dataclass(frozen=True)
class Check:
    """A question with its answers, exactly one of them right."""

    question: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Block:
    """A piece of a lesson and the level from which on it is shown."""

    level: Level
    content: Text | Part | Steps | Check


@dataclass(frozen=True)
class Lesson:
    """One lesson.

    Attributes:
        name: Stem of its file, and its name in the address.
        title: Sentence case.
        summary: One line for the table of contents.
        chapter: Lessons with the same one stand together there.
        minutes: Reading and playing time.
        level: For whom it is meant first.
        order: Place in the course.
        blocks: What it consists of, in order.
    """

    name: str
    title: str
    summary: str
    chapter: str
    minutes: int
    level: Level
    order: int
    blocks: tuple[Block, ...]


def parse(path: Path) -> Lesson:
    """The lesson in a file.

    Raises:
        ValueError: Something is not written as the notation wants it; the sentence names the file.
    """
    try:
        empty, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
        about = dict(line.split(": ", 1) for line in front.strip().splitlines())
        if empty or about["level"] not in LEVELS:
            raise ValueError(f"no such level: {about['level']}")
        level: Level = about["level"]
        return Lesson(
            path.stem, about["title"], about["summary"], about["chapter"], int(about["minutes"]), level,
            int(about["order"]), blocks(body),
        )  # fmt: skip
    except (ValueError, KeyError) as error:
        raise ValueError(f"{path.name}: {error}") from error


def blocks(body: str) -> tuple[Block, ...]:
    """The pieces of a lesson's body."""
    found: list[Block] = []
    level: Level = "curious"
    lines: list[str] = []
    inside: str | None = None  # "steps" or "check" while one is open

    def close(kind: str | None) -> None:
        if text := "\n".join(lines).strip():
            content = _steps(text) if kind == "steps" else _check(text) if kind == "check" else Text(text)
            found.append(Block(level, content))
        lines.clear()

    opened: list[str] = []
    for line in body.splitlines():
        mark = line.strip()
        if mark == ":::":
            close(inside)
            if not opened:
                raise ValueError("::: closes nothing")
            if opened.pop() in LEVELS:
                level = "curious"
            inside = None
        elif mark.startswith(":::"):
            close(inside)
            name = mark[3:]
            opened.append(name)
            if name in LEVELS:
                level = name
            elif name in ("steps", "check"):
                inside = name
            else:
                raise ValueError(f"no such block: {mark}")
        elif not inside and (part := _PART.fullmatch(mark)):
            close(None)
            found.append(Block(level, Part(part[1], tuple(part[2].split()))))
        else:
            lines.append(line)
    close(inside)
    if opened:
        raise ValueError(f":::{opened[-1]} is not closed")
    return tuple(found)


def _steps(text: str) -> Steps:
    pieces = re.split(r"^### (.+)$", text, flags=re.MULTILINE)
    if pieces[0].strip() or len(pieces) < 5:
        raise ValueError(":::steps needs at least two steps, each beginning with ### and a title")
    return Steps(tuple((title, words.strip()) for title, words in zip(pieces[1::2], pieces[2::2], strict=True)))


def _check(text: str) -> Check:
    question, *lines = [line for line in text.splitlines() if line.strip()]
    answers = []
    for line in lines:
        if not (match := _ANSWER.fullmatch(line.strip())):
            raise ValueError(f"not an answer: {line}")
        answers.append(Answer(match[2], match[1] == "x", match[3]))
    if len(answers) < 2 or sum(answer.right for answer in answers) != 1:
        raise ValueError(f"needs several answers, one of them right: {question}")
    return Check(question, tuple(answers))


def coloured(text: str, dark: bool) -> str:
    """Markdown in which marked concepts have their colours: in formulas for this theme, in words for both.

    >>> coloured("the @mu{mean} $@mu{\\\\mu}$", dark=False)
    'the <span class="gm-mu">mean</span> $\\\\textcolor{#0F5C73}{\\\\mu}$'

    Raises:
        ValueError: A mark is not closed, or there is no such concept.
    """
    out, at, formula = [], 0, False
    while match := _CONCEPT.search(text, at):
        name = match[1]
        if name not in CONCEPTS:
            raise ValueError(f"no such concept: {match[0]}")
        end = closing(text, match.end())
        before = text[at : match.start()]
        formula ^= before.replace("$$", "$").count("$") % 2 == 1
        inner = text[match.end() : end]
        colour = CONCEPTS[name]
        if formula:
            out += [before, rf"\textcolor{{{colour.dark if dark else colour.light}}}{{{inner}}}"]
        else:
            out += [before, f'<span class="gm-{name}">{inner}</span>']
        at = end + 1
    return "".join([*out, text[at:]])


def closing(text: str, start: int) -> int:
    """Index of the brace that closes the one before ``start``. Raises ValueError when there is none."""
    depth = 1
    for i in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[i], 0)
        if depth == 0:
            return i
    raise ValueError(f"a brace is not closed: {text[max(0, start - 10) : start + 30]!r}")


def linked(text: str) -> str:
    """Markdown in which arXiv ids are links.

    >>> linked("Goodfellow et al., arXiv 1406.2661")
    'Goodfellow et al., [arXiv 1406.2661](https://arxiv.org/abs/1406.2661)'
    """
    return _ARXIV.sub(r"[arXiv \1](https://arxiv.org/abs/\1)", text)
